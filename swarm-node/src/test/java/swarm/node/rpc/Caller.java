package swarm.node.rpc;

import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A client that may call anything with any bytes.
final class Caller implements Closeable {
  private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final ManagedChannel channel;

  Caller(SslContext tls, int port, EventLoops loops) {
    channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .sslContext(tls)
            .overrideAuthority("swarm-manager")
            .channelType(EpollSocketChannel.class)
            .eventLoopGroup(loops.group())
            .build();
  }

  /// Sends one message; returns how the call ended.
  Status call(MethodDescriptor<?, ?> method, byte[] message) throws Exception {
    var ended = new CompletableFuture<Status>();
    var raw = method.toBuilder(new Raw(), new Raw()).build();
    var call = channel.newCall(raw, CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS));
    StreamObserver<byte[]> in =
        new StreamObserver<>() {
          @Override
          public void onNext(byte[] value) {
            // only the end is of interest
          }

          @Override
          public void onError(Throwable error) {
            ended.complete(Status.fromThrowable(error));
          }

          @Override
          public void onCompleted() {
            ended.complete(Status.OK);
          }
        };
    switch (method.getType()) {
      case UNARY -> ClientCalls.asyncUnaryCall(call, message, in);
      case SERVER_STREAMING -> ClientCalls.asyncServerStreamingCall(call, message, in);
      case BIDI_STREAMING -> {
        StreamObserver<byte[]> out = ClientCalls.asyncBidiStreamingCall(call, in);
        out.onNext(message);
        out.onCompleted();
      }
      case CLIENT_STREAMING, UNKNOWN -> throw new IllegalArgumentException(method.toString());
    }
    return ended.get(15, TimeUnit.SECONDS);
  }

  /// Whether it has a connection now.
  boolean connected() {
    return channel.getState(false) == ConnectivityState.READY;
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
