/// Tars of trees of files that somebody else may be changing: a running container's. Every file is
/// held open by a descriptor before anything is asked of it or done to it, so that no link that is
/// swapped in leads elsewhere. It must not know what an image or a container is.
@NullMarked
package swarm.runtime.archive;

import org.jspecify.annotations.NullMarked;
