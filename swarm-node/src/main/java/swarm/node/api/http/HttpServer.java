package swarm.node.api.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import swarm.node.rpc.EventLoops;

/// Serves HTTP on a unix socket that only root (and the socket's group) may use. Thread-safe.
public final class HttpServer implements AutoCloseable {
  static final int MAX_REQUEST_LINE = 16 * 1024;
  static final int MAX_HEADERS = 64 * 1024;
  private static final int MAX_CHUNK = 64 * 1024;

  private final Channel channel;
  private final Path socket;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

  /// Listens at `socket`, replacing a file that an earlier daemon left.
  public HttpServer(Path socket, EventLoops loops, HttpHandler handler) throws IOException {
    this.socket = socket;
    Files.createDirectories(socket.toAbsolutePath().getParent());
    Files.deleteIfExists(socket);
    var bootstrap =
        new ServerBootstrap()
            .group(loops.group())
            .channel(EpollServerDomainSocketChannel.class)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel client) {
                    client
                        .pipeline()
                        .addLast(new HttpRequestDecoder(MAX_REQUEST_LINE, MAX_HEADERS, MAX_CHUNK))
                        .addLast(new HttpResponseEncoder())
                        .addLast(new Connection(handler, executor));
                  }
                });
    var bound = bootstrap.bind(new DomainSocketAddress(socket.toFile())).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("cannot listen at " + socket + ": " + bound.cause().getMessage());
    }
    channel = bound.channel();
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw----"));
  }

  /// Stops listening; requests that are under way are cut when the event loops end.
  @Override
  public void close() throws IOException {
    channel.close().awaitUninterruptibly();
    executor.shutdownNow();
    Files.deleteIfExists(socket);
  }
}
