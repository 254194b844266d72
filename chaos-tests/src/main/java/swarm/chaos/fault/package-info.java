/// What breaks while a cluster runs: faults that a test switches on and off. It must not know what
/// is tested.
@NullMarked
package swarm.chaos.fault;

import org.jspecify.annotations.NullMarked;
