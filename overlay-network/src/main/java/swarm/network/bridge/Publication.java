package swarm.network.bridge;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import swarm.network.PortBinding;
import swarm.network.TransportProtocol;
import swarm.network.netlink.Ipv4;
import swarm.network.nft.Datum;
import swarm.network.nft.NftClient;
import swarm.network.nft.SetSpec;

/// A published port of one container: exactly one element of the kernel's maps, whose comment is
/// the container's id.
///
/// @param address the container's
public record Publication(String containerId, Inet4Address address, PortBinding binding) {
  /// Which map it is in.
  SetSpec set() {
    return binding.hostAddress().isPresent() ? BridgeRules.PUBLISHED_AT : BridgeRules.PUBLISHED;
  }

  SetSpec.Element element() {
    var key = new ArrayList<Datum>();
    binding.hostAddress().map(Datum.Address::new).ifPresent(key::add);
    key.add(new Datum.Transport(binding.protocol()));
    key.add(new Datum.Port(binding.hostPort()));
    return new SetSpec.Element(
        List.copyOf(key),
        new SetSpec.Target.Values(
            List.of(new Datum.Address(address), new Datum.Port(binding.containerPort()))),
        containerId);
  }

  /// Whether both cannot be at once: one protocol and port, at a common address of the host.
  boolean clashesWith(PortBinding other) {
    return binding.protocol() == other.protocol()
        && binding.hostPort() == other.hostPort()
        && (binding.hostAddress().isEmpty()
            || other.hostAddress().isEmpty()
            || binding.hostAddress().equals(other.hostAddress()));
  }

  /// Reads an element back; empty where it is not one of ours.
  static Optional<Publication> decode(NftClient.RawElement element, boolean byAddress) {
    int keyBytes = byAddress ? 12 : 8;
    if (element.key().length < keyBytes
        || element.data().length < 6
        || element.comment().isEmpty()) {
      return Optional.empty();
    }
    ByteBuffer key = ByteBuffer.wrap(element.key());
    Optional<Inet4Address> at = byAddress ? Optional.of(Ipv4.of(key.getInt())) : Optional.empty();
    int number = key.get(key.position()) & 0xff;
    int hostPort = key.getShort(key.position() + 4) & 0xffff;
    ByteBuffer data = ByteBuffer.wrap(element.data());
    return Arrays.stream(TransportProtocol.values())
        .filter(protocol -> protocol.number() == number)
        .findFirst()
        .map(
            protocol ->
                new Publication(
                    element.comment(),
                    Ipv4.of(data.getInt(0)),
                    new PortBinding(protocol, at, hostPort, data.getShort(4) & 0xffff)));
  }
}
