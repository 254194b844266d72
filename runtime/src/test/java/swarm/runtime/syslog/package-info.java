@NullMarked
package swarm.runtime.syslog;

import org.jspecify.annotations.NullMarked;
