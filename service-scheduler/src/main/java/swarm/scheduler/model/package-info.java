/// What a cluster is made of, as records: the specs that users write (in the Docker Engine API's
/// own JSON shape) and the objects that the cluster derives from them. It must not know sockets,
/// files, clocks or threads.
@NullMarked
package swarm.scheduler.model;

import org.jspecify.annotations.NullMarked;
