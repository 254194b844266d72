/// Tests of HTTP on a real unix socket.
@NullMarked
package swarm.node.api.http;

import org.jspecify.annotations.NullMarked;
