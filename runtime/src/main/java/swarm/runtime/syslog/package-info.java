/// Sends containers' logs to log servers (RFC 3164, RFC 5424). What is sent is read from the log
/// that is kept on this host; this package must not know how it comes there.
@NullMarked
package swarm.runtime.syslog;

import org.jspecify.annotations.NullMarked;
