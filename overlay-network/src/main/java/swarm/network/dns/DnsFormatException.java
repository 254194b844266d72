package swarm.network.dns;

/// Bytes that are no DNS message.
public final class DnsFormatException extends Exception {
  private static final long serialVersionUID = 1L;

  public DnsFormatException(String message) {
    super(message);
  }
}
