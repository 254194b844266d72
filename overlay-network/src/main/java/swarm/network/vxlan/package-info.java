/// Where each address of a VXLAN network is: forwarding entries and neighbours, all static, so that
/// nothing is ever flooded or learned (RFC 7348 without its multicast).
///
/// It must not know what the addresses are: hosts or tasks, published or not.
@NullMarked
package swarm.network.vxlan;

import org.jspecify.annotations.NullMarked;
