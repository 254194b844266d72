/// A small typed rtnetlink client: pure encoders and decoders of the kernel's messages, and a thin
/// connection that exchanges them (netlink(7), rtnetlink(7)). Also the plain address types that
/// every other package here shares.
///
/// It must not know what the links are for: no bridges of ours, no containers, no policy.
@NullMarked
package swarm.network.netlink;

import org.jspecify.annotations.NullMarked;
