/// HTTP/1.1 on unix sockets with Netty: streaming bodies in and out, and connections taken over for
/// terminals. It must not know any route.
@NullMarked
package swarm.node.api.http;

import org.jspecify.annotations.NullMarked;
