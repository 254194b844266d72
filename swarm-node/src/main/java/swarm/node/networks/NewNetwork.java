package swarm.node.networks;

import java.util.List;
import java.util.Map;

/// A network as a user asks for it; its texts are not checked yet.
///
/// @param pools none where the host is to choose one
public record NewNetwork(
    String name,
    List<NetworkRecord.Pool> pools,
    boolean internal,
    boolean attachable,
    Map<String, String> ipamOptions,
    Map<String, String> options,
    Map<String, String> labels) {}
