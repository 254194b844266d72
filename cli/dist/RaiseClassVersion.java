import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/// Rewrites the classes of a jar that are older than Java 8 as classes of Java 8, with the stack
/// maps that those need: `java RaiseClassVersion.java JAR`. A start-up cache skips older classes
/// ("Old class has been linked"), and picocli's are of Java 5.
final class RaiseClassVersion {
  private static final int JAVA_8 = 52;
  private static final int VERSION_OFFSET = 6;

  public static void main(String[] args) throws IOException {
    Path jar = Path.of(args[0]);
    Path raised = jar.resolveSibling(jar.getFileName() + ".raised");
    try (var in = new JarFile(jar.toFile());
        OutputStream file = Files.newOutputStream(raised);
        var out = new JarOutputStream(file)) {
      var classes =
          ClassFile.of(
              ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
              ClassFile.ClassHierarchyResolverOption.of(hierarchy(in)));
      for (JarEntry entry : in.stream().toList()) {
        byte[] content = in.getInputStream(entry).readAllBytes();
        boolean old =
            entry.getName().endsWith(".class")
                && (content[VERSION_OFFSET] << 8 | content[VERSION_OFFSET + 1]) < JAVA_8;
        var copy = new JarEntry(entry.getName());
        copy.setTime(entry.getTime());
        out.putNextEntry(copy);
        out.write(old ? raise(classes, content) : content);
        out.closeEntry();
      }
    }
    Files.move(raised, jar, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
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

  private RaiseClassVersion() {}
}
