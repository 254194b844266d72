package swarm.node.api.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import swarm.node.rpc.EventLoops;

/// Serves HTTP on a unix socket that only root and the group `swarm` may use. Thread-safe.
public final class HttpServer implements AutoCloseable {
  static final int MAX_REQUEST_LINE = 16 * 1024;
  static final int MAX_HEADERS = 64 * 1024;
  private static final int MAX_CHUNK = 64 * 1024;

  private final Channel channel;
  private final Path socket;
  private final Object inode;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

  /// Listens at `socket`, replacing a file that an earlier daemon left.
  ///
  /// @throws IOException where another process answers there
  public HttpServer(Path socket, EventLoops loops, HttpHandler handler) throws IOException {
    this.socket = socket;
    Files.createDirectories(socket.toAbsolutePath().getParent());
    // Netty deletes, at its close, whatever is then at the path it bound: the path is another's
    Path fresh = socket.resolveSibling(socket.getFileName() + "~");
    requireSilence(socket);
    requireSilence(fresh);
    Files.deleteIfExists(fresh);
    var bootstrap =
        new ServerBootstrap()
            .group(loops.group())
            .channel(EpollServerDomainSocketChannel.class)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel client) {
                    addHandlers(client.pipeline(), handler, executor);
                  }
                });
    var bound = bootstrap.bind(new DomainSocketAddress(fresh.toFile())).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("cannot listen at " + socket + ": " + bound.cause().getMessage());
    }
    channel = bound.channel();
    try {
      SocketAccess.restrict(fresh, SocketAccess.GROUP);
      inode = inode(fresh);
      Files.move(
          fresh, socket, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      channel.close().awaitUninterruptibly();
      throw e;
    }
  }

  /// What reads requests and has them answered.
  static void addHandlers(ChannelPipeline pipeline, HttpHandler handler, ExecutorService executor) {
    pipeline
        .addLast(new HttpRequestDecoder(MAX_REQUEST_LINE, MAX_HEADERS, MAX_CHUNK))
        .addLast(new HttpResponseEncoder())
        .addLast(new Connection(handler, executor));
  }

  /// A socket that nobody listens at any more refuses connections.
  private static void requireSilence(Path socket) throws IOException {
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      client.configureBlocking(false); // one that is too busy to answer is there all the same
      client.connect(UnixDomainSocketAddress.of(socket));
    } catch (ConnectException _) {
      return;
    }
    throw new IOException(
        "another process answers at "
            + socket
            + "; stop it, or give this daemon another socket with --host unix:///PATH");
  }

  private static Object inode(Path file) throws IOException {
    return Objects.requireNonNull(
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey(),
        "Linux has inodes");
  }

  /// Stops listening, and removes the socket if it still is this server's; requests that are under
  /// way are cut when the event loops end.
  @Override
  public void close() throws IOException {
    channel.close().awaitUninterruptibly();
    executor.shutdownNow();
    try {
      if (inode(socket).equals(inode)) {
        Files.deleteIfExists(socket);
      }
    } catch (NoSuchFileException _) {
      // gone already, which is what is wanted
    }
  }
}
