/// A container's root file system: an overlayfs mount of an image's layers under a writable one. It
/// must not know registries, image formats or container settings.
@NullMarked
package swarm.runtime.snapshot;

import org.jspecify.annotations.NullMarked;
