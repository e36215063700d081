package io.distributary.source.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.record.Position;
import io.distributary.source.capture.CaptureException;
import io.distributary.source.keylog.JsonNames;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BookmarkTest {

  @Property
  void aBookmarkSurvivesItsWayThroughAnOffset(@ForAll String epoch, @ForAll List<String> tables) {
    Bookmark bookmark = new Bookmark(new Position(epoch, 7), "ff00", new TreeSet<>(tables));
    assertThat(Bookmark.of(bookmark.toMap())).isEqualTo(bookmark);
  }

  @Test
  void namesAreReadAsAnyJsonWriterWritesThem() {
    assertThat(JsonNames.read(" [ \"a\\u00e9\\n\" , \"\\\"\\/\\\\\" ] "))
        .containsExactly("aé\n", "\"/\\");
    assertThat(JsonNames.read("[]")).isEmpty();
  }

  @Test
  void anOffsetThatIsNoneOfOursIsRefused() {
    assertThatThrownBy(() -> Bookmark.of(Map.of("position", 5)))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("position")
        .hasMessageContaining("Reset the connector's offsets");
    for (String broken :
        List.of(
            "", "{}", "[\"a\"", "[\"a\",]", "[a]", "[\"a\"] x", "[\"\\u12\"]", "[\"\\uzzzz\"]")) {
      assertThatThrownBy(() -> Bookmark.of(Map.of("epoch", "e", "lsn", 1, "ready", broken)))
          .as(broken)
          .isInstanceOf(CaptureException.class)
          .hasMessageContaining("JSON array");
    }
  }

  @Test
  void anOffsetWithoutNonceIsThatOfALostHistory() {
    assertThat(Bookmark.of(Map.of("epoch", "e", "lsn", 5)).nonce()).isEmpty();
  }
}
