package swarm.node.rpc;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// Every call of the cluster port.
final class Methods {
  static final String SERVICE = "swarm.Cluster";

  static final MethodDescriptor<Messages.JoinRequest, Messages.JoinReply> JOIN =
      unary("Join", Messages.JoinRequest.class, Messages.JoinReply.class);
  static final MethodDescriptor<Messages.MemberRequest, Messages.MemberReply> ADD_MEMBER =
      unary("AddMember", Messages.MemberRequest.class, Messages.MemberReply.class);
  static final MethodDescriptor<Messages.LeaveRequest, Messages.MemberReply> LEAVE =
      unary("Leave", Messages.LeaveRequest.class, Messages.MemberReply.class);
  static final MethodDescriptor<Messages.ProposeRequest, Messages.ProposeReply> PROPOSE =
      unary("Propose", Messages.ProposeRequest.class, Messages.ProposeReply.class);
  static final MethodDescriptor<Messages.Heard, Messages.Nothing> HEARD =
      unary("Heard", Messages.Heard.class, Messages.Nothing.class);

  /// A [RaftFrame], and the bytes of its answer.
  static final MethodDescriptor<byte[], byte[]> RAFT =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodType.UNARY)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Raft"))
          .setRequestMarshaller(new BytesMarshaller())
          .setResponseMarshaller(new BytesMarshaller())
          .build();

  /// [RaftFrame]s with numbers, and a [RaftFrame.Answer] for each.
  static final MethodDescriptor<byte[], byte[]> RAFT_STREAM =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodType.BIDI_STREAMING)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "RaftStream"))
          .setRequestMarshaller(new BytesMarshaller())
          .setResponseMarshaller(new BytesMarshaller())
          .build();

  static final MethodDescriptor<Messages.FromAgent, Messages.FromManager> SESSION =
      MethodDescriptor.<Messages.FromAgent, Messages.FromManager>newBuilder()
          .setType(MethodType.BIDI_STREAMING)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Session"))
          .setRequestMarshaller(new CborMarshaller<>(Messages.FromAgent.class))
          .setResponseMarshaller(new CborMarshaller<>(Messages.FromManager.class))
          .build();

  static final MethodDescriptor<Messages.LogsRequest, Messages.LogsPart> LOGS =
      MethodDescriptor.<Messages.LogsRequest, Messages.LogsPart>newBuilder()
          .setType(MethodType.SERVER_STREAMING)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Logs"))
          .setRequestMarshaller(new CborMarshaller<>(Messages.LogsRequest.class))
          .setResponseMarshaller(new CborMarshaller<>(Messages.LogsPart.class))
          .build();

  private Methods() {}

  private static <A, B> MethodDescriptor<A, B> unary(
      String name, Class<A> request, Class<B> reply) {
    return MethodDescriptor.<A, B>newBuilder()
        .setType(MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setRequestMarshaller(new CborMarshaller<>(request))
        .setResponseMarshaller(new CborMarshaller<>(reply))
        .build();
  }

  private static final class BytesMarshaller implements MethodDescriptor.Marshaller<byte[]> {
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
}
