package swarm.network.netlink;

/// The errnos that callers tell apart (errno(3)).
public final class Errno {
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int ENODEV = 19;
  public static final int EINVAL = 22;
  public static final int EADDRNOTAVAIL = 99;

  private Errno() {}
}
