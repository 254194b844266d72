/// What tasks and services need of the network: published ports and addresses. Pure; it must not
/// know how a network is made on a host.
@NullMarked
package swarm.scheduler.allocate;

import org.jspecify.annotations.NullMarked;
