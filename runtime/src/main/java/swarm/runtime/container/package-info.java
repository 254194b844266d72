/// The container engine of one node: containers' life from creation to removal, kept across
/// restarts of the daemon. It must not know tasks, services, clusters, the Docker API's JSON, image
/// formats or how networks are made: images and networks stand behind ports.
@NullMarked
package swarm.runtime.container;

import org.jspecify.annotations.NullMarked;
