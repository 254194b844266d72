package swarm.cli.command;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/// The daemon's log: lines of text or JSON on standard error.
final class LogSetup {
  /// Kept so that the levels set here are not lost with a collected logger.
  private static final Logger RAFT_LIBRARY = Logger.getLogger("org.apache.ratis");

  private static final Logger GRPC = Logger.getLogger("io.grpc");
  private static final Logger NETTY = Logger.getLogger("io.netty");

  /// What the JDK itself says: at debug each root certificate and each HTTP header.
  private static final List<Logger> JDK =
      Stream.of("jdk", "java", "javax", "sun", "com.sun").map(Logger::getLogger).toList();

  private LogSetup() {}

  static void configure(String level, String format) {
    Logger root = Logger.getLogger("");
    Arrays.stream(root.getHandlers()).forEach(root::removeHandler);
    Level shown =
        switch (level) {
          case "trace" -> Level.FINEST;
          case "debug" -> Level.FINE;
          case "warn" -> Level.WARNING;
          case "error" -> Level.SEVERE;
          default -> Level.INFO;
        };
    Handler handler = new ConsoleHandler();
    handler.setLevel(shown);
    handler.setFormatter(format.equals("json") ? new Json() : new Text());
    root.addHandler(handler);
    root.setLevel(shown);
    // The libraries tell what matters to their own developers: only their warnings concern an
    // operator.
    boolean trace = level.equals("trace");
    RAFT_LIBRARY.setLevel(trace || level.equals("debug") ? Level.INFO : Level.SEVERE);
    NETTY.setLevel(Level.WARNING);
    // gRPC warns, often with a stack trace, of what callers do wrong, and strangers can do wrong as
    // often as they like: they must not fill the log, whatever its level.
    GRPC.setLevel(Level.SEVERE);
    Level jdk = trace || shown.intValue() > Level.INFO.intValue() ? shown : Level.INFO;
    JDK.forEach(logger -> logger.setLevel(jdk));
  }

  private static String name(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return "error";
    }
    if (level.intValue() >= Level.WARNING.intValue()) {
      return "warn";
    }
    if (level.intValue() >= Level.INFO.intValue()) {
      return "info";
    }
    return level.intValue() >= Level.FINE.intValue() ? "debug" : "trace";
  }

  private static String trace(LogRecord record) {
    if (record.getThrown() == null) {
      return "";
    }
    var out = new StringWriter();
    record.getThrown().printStackTrace(new PrintWriter(out));
    return out.toString();
  }

  private static final class Text extends Formatter {
    @Override
    public String format(LogRecord record) {
      String logger = String.valueOf(record.getLoggerName());
      String error = trace(record);
      return Instant.ofEpochMilli(record.getMillis())
          + " "
          + name(record.getLevel())
          + " "
          + logger.substring(logger.lastIndexOf('.') + 1)
          + ": "
          + formatMessage(record)
          + "\n"
          + error;
    }
  }

  private static final class Json extends Formatter {
    @Override
    public String format(LogRecord record) {
      var line =
          new com.fasterxml.jackson.databind.ObjectMapper()
              .createObjectNode()
              .put("time", Instant.ofEpochMilli(record.getMillis()).toString())
              .put("level", name(record.getLevel()))
              .put("logger", record.getLoggerName())
              .put("message", formatMessage(record));
      String error = trace(record);
      if (!error.isEmpty()) {
        line.put("error", error);
      }
      return line + "\n";
    }
  }
}
