package swarm.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/// How much of a busy processor the calling thread gets, beside all other threads of the machine
/// (`setpriority(2)`, `sched(7)`). Of use to platform threads alone: a virtual thread would change
/// its carrier's.
public final class ThreadPriority {
  private static final int PRIO_PROCESS = 0; // which for Linux is a thread
  private static final int SELF = 0;
  private static final int SCHED_OTHER = 0;
  private static final int SCHED_RESET_ON_FORK = 0x40000000;

  private static final MethodHandle SETPRIORITY =
      Syscalls.libc("setpriority", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle SCHED_SETSCHEDULER =
      Syscalls.libc(
          "sched_setscheduler", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));

  private ThreadPriority() {}

  /// Gives the calling thread another niceness. Threads and processes that it starts have the usual
  /// one: a container is not to get it, nor a carrier of virtual threads.
  ///
  /// @param nice -20 (nearly all that it asks for) to 19 (what nobody else wants)
  /// @throws LinuxException where this process may not (EACCES, EPERM: below 0 needs CAP_SYS_NICE)
  public static void set(int nice) throws LinuxException {
    Native.check(
        "start other threads with the usual priority",
        (arena, errno) ->
            (int)
                SCHED_SETSCHEDULER.invokeExact(
                    errno,
                    SELF,
                    SCHED_OTHER | SCHED_RESET_ON_FORK,
                    arena.allocateFrom(JAVA_INT, 0)));
    Native.check(
        "set the priority of a thread to " + nice,
        (_, errno) -> (int) SETPRIORITY.invokeExact(errno, PRIO_PROCESS, SELF, nice));
  }
}
