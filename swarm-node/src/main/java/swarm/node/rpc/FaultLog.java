package swarm.node.rpc;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Keeps callers from filling the log: gRPC writes a line, often with a stack trace, for what a
/// caller does wrong, and strangers can do wrong as often as they like. A few lines a minute say
/// the same. Thread-safe.
final class FaultLog implements Filter {
  /// From all callers together, of each of gRPC's loggers.
  static final int LINES_A_MINUTE = 5;

  /// Where gRPC tells of callers' faults. Kept: java.util.logging would forget the filters of
  /// loggers that nobody holds.
  static final List<Logger> OF_GRPC =
      List.of(
          Logger.getLogger("io.grpc.netty.NettyServerStream"),
          Logger.getLogger("io.grpc.netty.NettyServerHandler"),
          Logger.getLogger("io.grpc.netty.NettyServerTransport.connections"));

  private long minute = Long.MIN_VALUE;
  private int lines;
  private long left;

  /// Bounds what gRPC's servers in this process log; calling it again changes nothing.
  static synchronized void bound() {
    for (Logger each : OF_GRPC) {
      if (!(each.getFilter() instanceof FaultLog)) {
        each.setFilter(new FaultLog());
      }
    }
  }

  @Override
  public boolean isLoggable(LogRecord record) {
    return admit(record, TimeUnit.NANOSECONDS.toMinutes(System.nanoTime()));
  }

  /// @param now in minutes
  synchronized boolean admit(LogRecord record, long now) {
    if (now != minute) {
      minute = now;
      lines = 0;
    }
    if (++lines > LINES_A_MINUTE) {
      left++;
      return false;
    }
    if (left > 0) {
      record.setMessage(
          record.getMessage() + " (and " + left + " lines before that were left out)");
      left = 0;
    }
    return true;
  }
}
