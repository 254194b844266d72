package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import swarm.runtime.archive.Compression;
import swarm.runtime.archive.TreePaths;

/// The files of an archive of images, each of them a blob by now: nothing of the archive is ever
/// unpacked by its name. Immutable.
final class ArchiveFiles {
  /// Hundreds of images have fewer.
  private static final int MAX_ENTRIES = 100_000;

  private static final int MAX_NAME = 4_096;

  private final ContentStore content;
  private final Map<String, String> digests;

  private ArchiveFiles(ContentStore content, Map<String, String> digests) {
    this.content = content;
    this.digests = digests;
  }

  /// Reads every file of an archive into the store. Links stand for what they name.
  ///
  /// @throws ImageException for what no archive of images has
  static ArchiveFiles read(ContentStore content, InputStream archive) throws IOException {
    var files = new HashMap<String, String>();
    var links = new HashMap<String, String>();
    try {
      InputStream plain = Compression.open(archive);
      var in = new TarArchiveInputStream(plain, StandardCharsets.UTF_8.name());
      int count = 0;
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (++count > MAX_ENTRIES) {
          throw invalid("it has more than " + MAX_ENTRIES + " entries");
        }
        String name = inside(entry.getName());
        if (entry.isSymbolicLink()) {
          int slash = name.lastIndexOf('/');
          String base = slash < 0 ? "" : name.substring(0, slash + 1);
          links.put(name, target(base + entry.getLinkName(), entry));
        } else if (entry.isLink()) {
          links.put(name, target(entry.getLinkName(), entry));
        } else if (entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO()) {
          throw invalid("'" + name + "' is a device or a pipe");
        } else if (entry.isFile()) {
          files.put(name, content.put(in, entry.getSize()));
        }
      }
      var _ = plain.transferTo(OutputStream.nullOutputStream()); // its sums are at its end
    } catch (ImageException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw new ImageException(
          ImageException.Kind.INVALID, "this is no readable archive: " + e.getMessage());
    }
    links.forEach(
        (name, target) -> {
          String digest = files.get(target);
          if (digest != null) {
            files.put(name, digest);
          }
        });
    return new ArchiveFiles(content, files);
  }

  /// The name of an entry, without `.` and double slashes.
  private static String inside(String name) throws ImageException {
    if (name.length() > MAX_NAME) {
      throw invalid("it has a name of " + name.length() + " characters; the limit is " + MAX_NAME);
    }
    if (name.startsWith("/") || List.of(name.split("/", -1)).contains("..")) {
      throw invalid("'" + name + "' leads outside of it");
    }
    return TreePaths.relative(name);
  }

  /// What a link in an archive names: older Dockers save a layer that is there twice so.
  private static String target(String path, TarArchiveEntry link) throws ImageException {
    int depth = 0;
    for (String part : path.split("/", -1)) {
      depth += part.equals("..") ? -1 : part.isEmpty() || part.equals(".") ? 0 : 1;
      if (depth < 0) {
        break;
      }
    }
    if (depth < 0 || link.getLinkName().startsWith("/")) {
      throw invalid(
          "the link '" + link.getName() + "' leads outside of it, to '" + link.getLinkName() + "'");
    }
    return TreePaths.relative(path);
  }

  private static ImageException invalid(String what) {
    return Configuration.invalid("the archive cannot be used: " + what);
  }

  boolean has(String name) {
    return digests.containsKey(name);
  }

  /// The digest of a file.
  ///
  /// @param name as another file of the archive has it
  String digest(String name) throws ImageException {
    String digest = digests.get(TreePaths.relative(name));
    if (digest == null) {
      throw lacks(TreePaths.relative(name));
    }
    return digest;
  }

  /// A JSON file.
  JsonNode json(String name) throws IOException {
    return Configuration.json(small(digest(name)), name);
  }

  /// Checks that there is such a blob.
  void require(String digest) throws ImageException {
    if (!ContentStore.isDigest(digest) || !content.has(digest)) {
      throw lacks(digest);
    }
  }

  private static ImageException lacks(String what) {
    return Configuration.invalid("the archive lacks '" + what + "', which it names");
  }

  /// A blob that is to be held in memory.
  byte[] small(String digest) throws IOException {
    require(digest);
    if (content.size(digest) > Configuration.MAX_BYTES) {
      throw Configuration.invalid(
          digest
              + " has "
              + content.size(digest)
              + " bytes; the limit for a manifest or a configuration is "
              + Configuration.MAX_BYTES);
    }
    return content.read(digest);
  }
}
