package swarm.template;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/// `html`, `js` and `urlquery`, as Go has them.
final class Escapes {
  private Escapes() {}

  static String of(String function, List<Value> arguments) throws TemplateException {
    String text = Printing.print(arguments);
    return switch (function) {
      case "html" -> html(text);
      case "js" -> js(text);
      default -> query(text);
    };
  }

  private static String html(String text) {
    var out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\'' -> out.append("&#39;");
        case '"' -> out.append("&#34;");
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case 0 -> out.append("\u00ef\u00bf\u00bd"); // U+FFFD, its bytes
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  private static String js(String text) {
    var out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\', '\'', '"' -> out.append('\\').append(c);
        case '<', '>', '&', '=' -> out.append(unicode(c));
        default -> out.append(c < ' ' || c == 0x7f ? unicode(c) : "" + c);
      }
    }
    return out.toString();
  }

  private static String unicode(char c) {
    return String.format(Locale.ROOT, "\\u%04X", (int) c);
  }

  /// Java escapes `~`, Go does not; Java leaves `*`.
  private static String query(String bytes) {
    return URLEncoder.encode(bytes, StandardCharsets.ISO_8859_1)
        .replace("%7E", "~")
        .replace("*", "%2A");
  }
}
