/// The routing mesh: every host answers for every published port, and the task sees the caller's
/// own address. See DESIGN.md of this module for how a reply finds its way back.
///
/// It must not know services or health: it is told which backends are good.
@NullMarked
package swarm.network.ingress;

import org.jspecify.annotations.NullMarked;
