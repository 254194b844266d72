/// nf_tables rule sets as data: what to change ([swarm.network.nft.Change]), the same as text for
/// people and golden tests ([swarm.network.nft.NftText]), and as netlink messages that the kernel
/// applies as one transaction ([swarm.network.nft.NftEncoder]).
///
/// It must not know what the rules are for: no bridges, no mesh, no containers.
@NullMarked
package swarm.network.nft;

import org.jspecify.annotations.NullMarked;
