package swarm.chaos.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Processor time of this machine since its start, in ticks of all processors together
/// (`proc_stat(5)`). A virtual machine's host may give its processors to others for a while, which
/// no program in it can do anything about; a figure that was measured then says so.
///
/// @param all busy, idle and stolen
/// @param stolen while this machine had something to run
record ProcessorTime(long all, long stolen) {
  private static final int FIRST = 1; // the line begins with "cpu"
  private static final int STOLEN = 8;

  static ProcessorTime now() throws IOException {
    return of(Files.readAllLines(Path.of("/proc/stat")).getFirst());
  }

  /// @param line the first of `/proc/stat`
  static ProcessorTime of(String line) {
    long[] ticks =
        Arrays.stream(line.split("\\s+"))
            .skip(FIRST)
            .limit(STOLEN) // time of guests is counted as the user's already
            .mapToLong(Long::parseLong)
            .toArray();
    return new ProcessorTime(Arrays.stream(ticks).sum(), ticks[STOLEN - FIRST]);
  }

  /// How much of the time between then and now was stolen, in percent.
  long stolenSince(ProcessorTime then) {
    return all == then.all ? 0 : Math.round(100.0 * (stolen - then.stolen) / (all - then.all));
  }

  /// For a line of results; empty where nothing was stolen.
  String note(ProcessorTime then) {
    long percent = stolenSince(then);
    return percent == 0 ? "" : ", " + percent + " % of the processors stolen meanwhile";
  }
}
