/// Images from Dockerfiles, as Docker's classic builder makes them: which stages are needed and in
/// which order, which step an earlier build has made already, and the steps themselves. Each step
/// is an image of its own, of the one before; what a step runs is a container like any other. It
/// must not know who asks.
@NullMarked
package swarm.runtime.build;

import org.jspecify.annotations.NullMarked;
