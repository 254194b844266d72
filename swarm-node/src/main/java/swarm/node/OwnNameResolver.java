package swarm.node;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/// Answers for this machine's own host name without asking DNS; every other name goes the usual
/// way.
///
/// The Raft library asks the JDK for its process's name when it starts, and the JDK looks the
/// host's name up for that. On a host whose name no DNS server knows, or that reaches none, `swarm
/// init` would wait 10 s for nothing. Found by the JDK as a service.
public final class OwnNameResolver extends InetAddressResolverProvider {
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  @Override
  public InetAddressResolver get(Configuration configuration) {
    InetAddressResolver usual = configuration.builtinResolver();
    String own = configuration.lookupLocalHostName();
    return new InetAddressResolver() {
      @Override
      public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
          throws UnknownHostException {
        return host.equalsIgnoreCase(own)
            ? Stream.of(InetAddress.getByAddress(host, LOOPBACK))
            : usual.lookupByName(host, policy);
      }

      @Override
      public String lookupByAddress(byte[] address) throws UnknownHostException {
        return usual.lookupByAddress(address);
      }
    };
  }

  @Override
  public String name() {
    return "swarm-own-name";
  }
}
