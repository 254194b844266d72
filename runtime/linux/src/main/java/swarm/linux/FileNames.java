package swarm.linux;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// File names are bytes to Linux, and whoever writes in a container need not write UTF-8. As text,
/// each byte that is none is a character from U+DC80 to U+DCFF, which no UTF-8 stands for: so the
/// way there and back loses nothing (Python's PEP 383). Pure but for reading links.
public final class FileNames {
  private static final char ESCAPE = '\uDC00';
  private static final char FIRST = '\uDC80';
  private static final char LAST = '\uDCFF';
  private static final char REPLACEMENT = '\uFFFD';
  private static final String HEX = "0123456789ABCDEF";

  private FileNames() {}

  /// A name, or several with slashes, as text.
  public static String text(byte[] name) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(name);
    CharBuffer out = CharBuffer.allocate(name.length + 1);
    for (CoderResult result = decoder.decode(in, out, true);
        result.isError();
        result = decoder.decode(in, out, true)) {
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (ESCAPE + (in.get() & 0xff)));
      }
      decoder.reset();
    }
    return out.flip().toString();
  }

  /// The bytes that a text stands for.
  public static byte[] bytes(String text) {
    if (isPlain(text)) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    var all = new ByteArrayOutputStream();
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      if (isEscape(text, i)) {
        all.writeBytes(text.substring(from, i).getBytes(StandardCharsets.UTF_8));
        all.write(text.charAt(i) & 0xff);
        from = i + 1;
      }
    }
    all.writeBytes(text.substring(from).getBytes(StandardCharsets.UTF_8));
    return all.toByteArray();
  }

  /// Whether a name is a text as it is.
  public static boolean isUtf8(byte[] name) {
    for (byte one : name) {
      if (one < 0) {
        return isPlain(text(name));
      }
    }
    return true; // ASCII, as most are: each entry of each layer is asked for
  }

  /// A text to be shown or sent as JSON: what is not UTF-8 becomes U+FFFD, as with Go.
  public static String shown(String text) {
    if (isPlain(text)) {
      return text;
    }
    var all = new StringBuilder(text);
    for (int i = 0; i < text.length(); i++) {
      if (isEscape(text, i)) {
        all.setCharAt(i, REPLACEMENT);
      }
    }
    return all.toString();
  }

  /// The last name of a path.
  public static String of(Path path) {
    String decoded = String.valueOf(path.getFileName());
    return decoded.indexOf(REPLACEMENT) < 0 ? decoded : last(text(raw(path)));
  }

  /// A path as text: as it is, or absolute where its names are not UTF-8.
  public static String whole(Path path) {
    String decoded = path.toString();
    return decoded.indexOf(REPLACEMENT) < 0 ? decoded : text(raw(path));
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /// The path of a name in a folder.
  public static Path in(Path folder, String name) {
    return isPlain(name) ? folder.resolve(name) : folder.resolve(path(name));
  }

  /// The path of a text, as it is.
  public static Path path(String text) {
    if (isPlain(text)) {
      return Path.of(text);
    }
    check(text);
    // the one way that takes bytes: an URI's
    boolean absolute = text.startsWith("/");
    String encoded = encoded(text).replaceAll("/{2,}", "/"); // an URI's path keeps them all
    Path whole = Path.of(URI.create("file://" + (absolute ? "" : "/") + encoded));
    return absolute ? whole : whole.subpath(0, whole.getNameCount());
  }

  /// Where a symbolic link leads.
  public static String target(Path link) throws IOException {
    Path target = Files.readSymbolicLink(link);
    String decoded = target.toString();
    if (decoded.indexOf(REPLACEMENT) < 0) {
      return decoded;
    }
    // made absolute below the root, as a path's URI is of where it is from here
    String raw = text(raw(target.isAbsolute() ? target : Path.of("/").resolve(target)));
    return target.isAbsolute() ? raw : raw.substring(1);
  }

  /// A path as the kernel's functions take it.
  static MemorySegment terminated(Arena arena, Path path) {
    String decoded = path.toString();
    return decoded.indexOf(REPLACEMENT) < 0
        ? arena.allocateFrom(decoded)
        : terminated(arena, raw(path));
  }

  /// A text of [#text] as the kernel's functions take it.
  static MemorySegment terminated(Arena arena, String text) {
    check(text);
    return terminated(arena, bytes(text));
  }

  /// The kernel would end a name there.
  private static void check(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new InvalidPathException(shown(text), "Nul character not allowed");
    }
  }

  private static MemorySegment terminated(Arena arena, byte[] bytes) {
    MemorySegment segment = arena.allocate(bytes.length + 1L); // which is zeroes
    MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return segment;
  }

  /// The bytes of an absolute path.
  private static byte[] raw(Path path) {
    String encoded = path.toUri().getRawPath();
    var all = new ByteArrayOutputStream();
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c == '%') {
        all.write(Integer.parseInt(encoded, i + 1, i + 3, 16));
        i += 2;
      } else {
        all.write(c);
      }
    }
    byte[] bytes = all.toByteArray();
    // a directory's URI ends with a slash
    boolean slash = bytes.length > 1 && bytes[bytes.length - 1] == '/';
    return slash ? java.util.Arrays.copyOf(bytes, bytes.length - 1) : bytes;
  }

  private static String encoded(String text) {
    var all = new StringBuilder();
    for (byte one : bytes(text)) {
      boolean plain =
          one == '/'
              || one == '.'
              || (one >= '0' && one <= '9')
              || (one >= 'A' && one <= 'Z')
              || (one >= 'a' && one <= 'z');
      if (plain) {
        all.append((char) one);
      } else {
        all.append('%').append(HEX.charAt((one & 0xff) >> 4)).append(HEX.charAt(one & 0xf));
      }
    }
    return all.toString();
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isEscape(text, i)) {
        return false;
      }
    }
    return true;
  }

  /// Whether the character there is a byte's, and not the second half of another character.
  private static boolean isEscape(String text, int at) {
    char c = text.charAt(at);
    return c >= FIRST && c <= LAST && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
  }
}
