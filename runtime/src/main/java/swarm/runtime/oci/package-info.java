/// The OCI side of the engine: a container's runtime-spec JSON as a pure function of what is asked
/// for, the rules of capabilities, seccomp and users behind it, and the two programs that carry it
/// out: an OCI runtime (runc, crun) and conmon, its monitor. It must not know the engine's
/// container records, images, networks or the API.
@NullMarked
package swarm.runtime.oci;

import org.jspecify.annotations.NullMarked;
