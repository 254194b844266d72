/// Images: names, the content store, unpacked layers, and how they come in (registry, archive,
/// import). It must not know containers: it gives them layers through
/// [swarm.runtime.snapshot.RootfsProvider].
@NullMarked
package swarm.runtime.image;

import org.jspecify.annotations.NullMarked;
