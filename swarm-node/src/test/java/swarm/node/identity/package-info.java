/// Tests of identities: tokens, certificates, and the TLS made of them.
@NullMarked
package swarm.node.identity;

import org.jspecify.annotations.NullMarked;
