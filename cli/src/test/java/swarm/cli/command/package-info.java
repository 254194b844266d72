@NullMarked
package swarm.cli.command;

import org.jspecify.annotations.NullMarked;
