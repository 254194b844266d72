import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;

/// Rewrites jars so that a start-up cache takes their classes: `java FitForCache.java JAR...`. It
/// skips two kinds, which then cost their time and memory at each start, and does not start with a
/// third:
///
/// - classes older than Java 8 ("Old class has been linked"), such as picocli's, of Java 5: raised to
///   Java 8, with the stack maps that it needs;
/// - classes of signed jars, such as Bouncy Castle's: the signature is left out, with the digests of
///   the manifest (half a MB to read at each start). Reading the jar here checks each entry by it;
/// - classes of sealed packages, such as those of XZ for Java: the cache defines them before the
///   class loader could seal ("sealing violation: can't seal package: already defined").
final class FitForCache {
  private static final int JAVA_8 = 52;
  private static final int VERSION_OFFSET = 6;
  private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");

  public static void main(String[] jars) throws IOException {
    for (String jar : jars) rewrite(Path.of(jar));
  }

  private static void rewrite(Path jar) throws IOException {
    Path fitting = jar.resolveSibling(jar.getFileName() + ".fitting");
    try (var in = new JarFile(jar.toFile());
        OutputStream file = Files.newOutputStream(fitting);
        var out = new JarOutputStream(file)) {
      var classes =
          ClassFile.of(
              ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
              ClassFile.ClassHierarchyResolverOption.of(hierarchy(in)));
      for (JarEntry entry : in.stream().toList()) {
        if (SIGNATURE.matcher(entry.getName()).matches()) continue;
        var copy = new JarEntry(entry.getName());
        copy.setTime(entry.getTime());
        out.putNextEntry(copy);
        out.write(fitting(entry.getName(), in.getInputStream(entry).readAllBytes(), classes));
        out.closeEntry();
      }
    }
    Files.move(fitting, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  private static byte[] fitting(String name, byte[] content, ClassFile classes) throws IOException {
    if (name.equals(JarFile.MANIFEST_NAME)) return mainAttributes(content);
    boolean old =
        name.endsWith(".class")
            && (content[VERSION_OFFSET] << 8 | content[VERSION_OFFSET + 1]) < JAVA_8;
    return old ? raise(classes, content) : content;
  }

  /// A manifest without the sections of single entries, and without a seal.
  private static byte[] mainAttributes(byte[] manifest) throws IOException {
    var main = new Manifest(new ByteArrayInputStream(manifest));
    main.getEntries().clear();
    main.getMainAttributes().remove(Attributes.Name.SEALED);
    var bytes = new ByteArrayOutputStream();
    main.write(bytes);
    return bytes.toByteArray();
  }

  private static byte[] raise(ClassFile classes, byte[] content) {
    return classes.transformClass(
        classes.parse(content),
        // Bodies that pass no transform would be copied as they are, without stack maps.
        ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
            .andThen(ClassTransform.endHandler(builder -> builder.withVersion(JAVA_8, 0))));
  }

  /// Stack maps need the common superclass of two classes: the jar's own, else the JDK's.
  private static ClassHierarchyResolver hierarchy(JarFile jar) {
    return ClassHierarchyResolver.ofResourceParsing(
            type -> {
              String descriptor = type.descriptorString();
              var entry = jar.getEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
              try {
                return entry == null ? null : jar.getInputStream(entry);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            })
        .orElse(ClassHierarchyResolver.defaultResolver())
        .cached();
  }

  private FitForCache() {}
}
