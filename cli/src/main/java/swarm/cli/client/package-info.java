/// A small HTTP/1.1 client for the Docker Engine API over a unix socket: requests, streams and
/// connections that are taken over (attach). It must not know any command, nor what an answer
/// means.
@NullMarked
package swarm.cli.client;

import org.jspecify.annotations.NullMarked;
