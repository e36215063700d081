package io.distributary.it;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.Converter;

/** A converter out of a plugin directory, kept apart from what else is loaded, as Connect does. */
final class ConverterPlugin implements Converter {
  /** Where the build leaves Apicurio's, as a worker's {@code plugin.path} takes it. */
  static final Path PATH =
      Chain.CHECKOUT.root().resolve("integration-tests/avro-converter/target/plugin");

  private final ClassLoader loader;
  private final Converter converter;

  private ConverterPlugin(ClassLoader loader, Converter converter) {
    this.loader = loader;
    this.converter = converter;
  }

  /** The converter of that class: one of Connect's own, or of Apicurio's plugin. */
  static Converter of(String converterClass) {
    try {
      ClassLoader loader = new ChildFirst(jars());
      Object made = loader.loadClass(converterClass).getConstructor().newInstance();
      return new ConverterPlugin(loader, (Converter) made);
    } catch (ReflectiveOperationException | IOException e) {
      throw new IllegalStateException(converterClass, e);
    }
  }

  private static URL[] jars() throws IOException {
    try (Stream<Path> files = Files.list(PATH.resolve("apicurio-converter"))) {
      List<Path> jars = files.sorted().toList();
      URL[] urls = new URL[jars.size()];
      for (int i = 0; i < urls.length; i++) {
        urls[i] = jars.get(i).toUri().toURL();
      }
      return urls;
    }
  }

  @Override
  public void configure(Map<String, ?> config, boolean key) {
    inside(
        () -> {
          converter.configure(new HashMap<>(config), key); // some add to it
          return null;
        });
  }

  @Override
  public byte[] fromConnectData(String topic, Schema schema, Object value) {
    return inside(() -> converter.fromConnectData(topic, schema, value));
  }

  @Override
  public SchemaAndValue toConnectData(String topic, byte[] bytes) {
    return inside(() -> converter.toConnectData(topic, bytes));
  }

  private <T> T inside(Supplier<T> call) {
    ClassLoader outside = Thread.currentThread().getContextClassLoader();
    Thread.currentThread().setContextClassLoader(loader);
    try {
      return call.get();
    } finally {
      Thread.currentThread().setContextClassLoader(outside);
    }
  }

  private static final class ChildFirst extends URLClassLoader {
    ChildFirst(URL[] jars) {
      super(jars, ConverterPlugin.class.getClassLoader());
    }

    /** By Connect's rule: of Kafka's classes a plugin may bring its own of these. */
    private static boolean isPlugins(String name) {
      return name.startsWith("org.apache.kafka.connect.json.")
          || (!name.startsWith("java") && !name.startsWith("org.apache.kafka."));
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        if (isPlugins(name)) {
          Class<?> loaded = findLoadedClass(name);
          try {
            return loaded != null ? loaded : findClass(name);
          } catch (ClassNotFoundException e) {
            // Then it is none of the plugin's.
          }
        }
        return super.loadClass(name, resolve);
      }
    }
  }
}
