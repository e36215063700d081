package io.distributary.sink.write;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reduces changes to the last one of each key. It hashes key values where they stand in the images,
 * without a wrapper per row, and is used over and over.
 */
final class Reduction {
  /** What came of a list of changes. */
  enum Outcome {
    /** The deletes and upserts hold one change per key. */
    REDUCED,
    /** Some key is NULL, or only the database can compare it: apply the changes in their order. */
    IN_ORDER
  }

  private final int[] key;
  private final KeyForm[] forms;
  private int[] slots = new int[256];
  private Object[][] images = new Object[128][];
  private Change[] changes = new Change[128];
  private boolean[] deleted = new boolean[128];
  private boolean[] created = new boolean[128];
  private boolean whole;
  private int size;
  private Object[][] deletes = {};
  private Object[][] upserts = {};
  private int deleteCount;
  private int upsertCount;
  private boolean allCreated;

  Reduction(List<Plan.Place> key) {
    this.key = key.stream().mapToInt(Plan.Place::image).toArray();
    this.forms = key.stream().map(Plan.Place::form).toArray(KeyForm[]::new);
  }

  /** Reduces the changes from one index up to another; none of them a truncation. */
  Outcome reduce(List<Change> changes, int from, int to) {
    reset(to - from);
    whole = true;
    for (int i = from; i < to; i++) {
      Change change = changes.get(i);
      if (!put(change)) {
        return Outcome.IN_ORDER;
      }
    }
    split();
    return Outcome.REDUCED;
  }

  private boolean put(Change change) {
    if (change.after() == null) {
      return put(change, change.before(), true);
    }
    if (movesKey(change)) {
      whole = false;
      return put(change, change.before(), true) && put(change, change.after(), false);
    }
    return put(change, change.after(), false);
  }

  /**
   * The changes that are the last of their keys, deletes first; null where what is to be done is
   * not just these changes.
   */
  List<Change> lasts() {
    if (!whole) {
      return null;
    }
    List<Change> lasts = new ArrayList<>(size);
    for (boolean gone : new boolean[] {true, false}) {
      for (int i = 0; i < size; i++) {
        if (deleted[i] == gone) {
          lasts.add(changes[i]);
        }
      }
    }
    return lasts;
  }

  /** The images of rows that are gone; valid up to {@link #deleteCount}. */
  Object[][] deletes() {
    return deletes;
  }

  int deleteCount() {
    return deleteCount;
  }

  /** The images of rows that are there; valid up to {@link #upsertCount}. */
  Object[][] upserts() {
    return upserts;
  }

  int upsertCount() {
    return upsertCount;
  }

  /** Whether each of the upserts is of a row that the changes say was not there before them. */
  boolean allCreated() {
    return allCreated;
  }

  /** Whether an update tells that the row had another key before. */
  boolean movesKey(Change change) {
    Object[] before = change.before();
    if (before == null || change.op() != Op.UPDATE) {
      return false;
    }
    for (int i = 0; i < key.length; i++) {
      Object old = before[key[i]];
      if (old == null || old == Change.UNTOUCHED) {
        return false;
      }
    }
    for (int i = 0; i < key.length; i++) {
      Object now = change.after()[key[i]];
      if (now == null || !same(forms[i].of(before[key[i]]), forms[i].of(now))) {
        return true;
      }
    }
    return false;
  }

  private void reset(int changes) {
    int capacity = Integer.highestOneBit(Math.max(changes, 64)) << 2;
    if (slots.length < capacity || slots.length > capacity << 6) {
      slots = new int[capacity];
    } else {
      Arrays.fill(slots, 0);
    }
    size = 0;
  }

  /** Notes the image as its key's last; false where that cannot be told. */
  private boolean put(Change change, Object[] image, boolean gone) {
    int hash = 0;
    for (int i = 0; i < key.length; i++) {
      Object value = image[key[i]];
      Object form = value == null ? KeyForm.UNKNOWN : forms[i].of(value);
      if (form == KeyForm.UNKNOWN) {
        return false;
      }
      hash = hash * 31 + (form instanceof byte[] bytes ? Arrays.hashCode(bytes) : form.hashCode());
    }
    int mask = slots.length - 1;
    int slot = spread(hash) & mask;
    while (slots[slot] != 0) {
      int known = slots[slot] - 1;
      if (sameKey(images[known], image)) {
        boolean replaces = gone || deleted[known];
        images[known] = replaces ? image : joined(images[known], image);
        changes[known] = change;
        deleted[known] = gone;
        return true;
      }
      slot = (slot + 1) & mask;
    }
    if (size == images.length) {
      images = Arrays.copyOf(images, size * 2);
      changes = Arrays.copyOf(changes, size * 2);
      deleted = Arrays.copyOf(deleted, size * 2);
      created = Arrays.copyOf(created, size * 2);
    }
    images[size] = image;
    changes[size] = change;
    deleted[size] = gone;
    created[size] = change.op() == Op.CREATE;
    slots[slot] = ++size;
    return true;
  }

  private static int spread(int hash) {
    int mixed = hash * 0x9E3779B9;
    return mixed ^ (mixed >>> 15);
  }

  private boolean sameKey(Object[] left, Object[] right) {
    for (int i = 0; i < key.length; i++) {
      if (!same(forms[i].of(left[key[i]]), forms[i].of(right[key[i]]))) {
        return false;
      }
    }
    return true;
  }

  private static boolean same(Object left, Object right) {
    if (left instanceof byte[] bytes) {
      return right instanceof byte[] others && Arrays.equals(bytes, others);
    }
    return left.equals(right);
  }

  /** The later image, with what it leaves alone taken from the earlier one. */
  private Object[] joined(Object[] earlier, Object[] later) {
    if (!MultiRow.holdsUntouched(later)) {
      return later;
    }
    whole = false;
    Object[] joined = later.clone();
    for (int i = 0; i < joined.length; i++) {
      if (joined[i] == Change.UNTOUCHED) {
        joined[i] = earlier[i];
      }
    }
    return joined;
  }

  private void split() {
    if (upserts.length < size) {
      deletes = new Object[images.length][];
      upserts = new Object[images.length][];
    }
    deleteCount = 0;
    upsertCount = 0;
    allCreated = true;
    for (int i = 0; i < size; i++) {
      if (deleted[i]) {
        deletes[deleteCount++] = images[i];
      } else {
        upserts[upsertCount++] = images[i];
        allCreated = allCreated && created[i] && !MultiRow.holdsUntouched(images[i]);
      }
    }
  }

  /** Lets go of the images. */
  void clear() {
    Arrays.fill(images, 0, size, null);
    Arrays.fill(changes, 0, size, null);
    Arrays.fill(deletes, 0, deleteCount, null);
    Arrays.fill(upserts, 0, upsertCount, null);
  }
}
