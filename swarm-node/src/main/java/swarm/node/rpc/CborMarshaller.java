package swarm.node.rpc;

import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import swarm.scheduler.model.Wire;

/// Writes one type of message as CBOR for gRPC. Immutable.
final class CborMarshaller<T> implements MethodDescriptor.Marshaller<T> {
  private final ObjectReader reader;
  private final ObjectWriter writer;

  CborMarshaller(Class<T> type) {
    this.reader = Wire.CBOR.readerFor(type);
    this.writer = Wire.CBOR.writerFor(type);
  }

  @Override
  public InputStream stream(T value) {
    try {
      return new ByteArrayInputStream(writer.writeValueAsBytes(value));
    } catch (IOException e) {
      throw Status.INTERNAL
          .withDescription("a message that cannot be written: " + value.getClass())
          .withCause(e)
          .asRuntimeException();
    }
  }

  @Override
  public T parse(InputStream stream) {
    try {
      return reader.readValue(stream);
    } catch (IOException e) {
      throw Status.INVALID_ARGUMENT
          .withDescription("a message that cannot be read: " + e.getMessage())
          .withCause(e)
          .asRuntimeException();
    }
  }
}
