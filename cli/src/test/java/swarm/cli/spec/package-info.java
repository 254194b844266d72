/// Tests of options that become requests.
@NullMarked
package swarm.cli.spec;

import org.jspecify.annotations.NullMarked;
