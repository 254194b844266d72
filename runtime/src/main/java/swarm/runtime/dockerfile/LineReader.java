package swarm.runtime.dockerfile;

import java.util.ArrayList;
import java.util.List;

/// Parts a Dockerfile into its instructions: directives, comments, continuation lines and
/// here-documents as Docker (BuildKit's `parser.Parse`) reads them. For one text.
final class LineReader {
  /// Go's `bufio.MaxScanTokenSize`.
  private static final int MAX_LINE = 64 * 1024;

  private final ParserDirectives directives = new ParserDirectives();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> lines;
  private int at = 0;

  LineReader(String text) {
    this.lines = lines(text.startsWith("\uFEFF") ? text.substring(1) : text);
  }

  /// With their ends.
  private static List<String> lines(String text) {
    var all = new ArrayList<String>();
    int begin = 0;
    while (begin < text.length()) {
      int end = text.indexOf('\n', begin);
      int next = end < 0 ? text.length() : end + 1;
      all.add(text.substring(begin, next));
      begin = next;
    }
    return all;
  }

  ParserDirectives directives() {
    return directives;
  }

  /// What Docker warns of, known after reading.
  List<String> warnings() {
    return warnings;
  }

  List<LogicalLine> read() throws DockerfileException {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).length() >= MAX_LINE) {
        throw new DockerfileException(
                "dockerfile line greater than max allowed size of " + (MAX_LINE - 1))
            .at(i + 1);
      }
    }
    var all = new ArrayList<LogicalLine>();
    while (at < lines.size()) {
      int first = at + 1;
      try {
        Part part = first(lines.get(at++));
        if (!part.continues() && part.text().isEmpty()) {
          continue;
        }
        String text = part.continues() ? part.text() + rest(part.text()) : part.text();
        if (isBlank(text)) {
          continue; // nothing but continuation characters
        }
        all.add(new LogicalLine(first, at, text, List.of()));
        documents(all);
      } catch (DockerfileException e) {
        throw e.at(first);
      }
    }
    return all;
  }

  /// A physical line.
  ///
  /// @param continues whether the next one belongs to it
  private record Part(String text, boolean continues) {}

  private Part first(String line) throws DockerfileException {
    String text = Characters.trimLeft(Characters.trimNewline(line));
    directives.read(text);
    return isComment(text) ? new Part("", false) : part(text);
  }

  /// What follows a line that is continued.
  private String rest(String begin) {
    var text = new StringBuilder();
    boolean blank = false;
    boolean continues = true;
    while (continues && at < lines.size()) {
      String line = Characters.trimNewline(lines.get(at++));
      if (isComment(line)) {
        continue;
      }
      if (isBlank(line)) {
        blank = true;
        continue;
      }
      Part part = part(line);
      text.append(part.text());
      continues = part.continues();
    }
    if (blank) {
      warnings.add("Empty continuation line found in:\n    " + begin + text);
    }
    return text.toString();
  }

  /// A line is continued by an escape character at its end that none escapes.
  private Part part(String line) {
    int end = line.length();
    while (end > 0 && (line.charAt(end - 1) == ' ' || line.charAt(end - 1) == '\t')) {
      end--;
    }
    char escape = directives.escape();
    boolean continues =
        end > 0 && line.charAt(end - 1) == escape && (end == 1 || line.charAt(end - 2) != escape);
    return continues ? new Part(line.substring(0, end - 1), true) : new Part(line, false);
  }

  private static boolean isComment(String line) {
    return Characters.trimLeft(line).startsWith("#");
  }

  private static boolean isBlank(String line) {
    return Characters.trimLeft(line).isEmpty();
  }

  /// Gives the newest line its here-documents.
  private void documents(List<LogicalLine> all) throws DockerfileException {
    LogicalLine line = all.getLast();
    if (!line.text().contains("<<") || !InstructionReader.takesDocuments(line.text(), escape())) {
      return;
    }
    var documents = new ArrayList<HereDocument>();
    for (HereDocument one : HereDocument.ofLine(line.text())) {
      documents.add(one.with(content(one)));
    }
    all.set(all.size() - 1, new LogicalLine(line.first(), at, line.text(), List.copyOf(documents)));
  }

  private char escape() {
    return directives.escape();
  }

  private String content(HereDocument document) throws DockerfileException {
    var content = new StringBuilder();
    while (at < lines.size()) {
      String line = lines.get(at++);
      String bare = Characters.trimNewline(line);
      if ((document.chomp() ? bare.replaceFirst("^\t+", "") : bare).equals(document.name())) {
        return content.toString();
      }
      content.append(line);
    }
    throw new DockerfileException("unterminated heredoc");
  }
}
