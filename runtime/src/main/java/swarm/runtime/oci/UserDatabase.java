package swarm.runtime.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Predicate;

/// The users and groups of an image: its `/etc/passwd` (passwd(5)) and `/etc/group` (group(5)),
/// parsed. Lines that are no entries are left out. Pure.
///
/// @param users passwd entries in file order
/// @param groups group entries in file order
public record UserDatabase(List<User> users, List<Group> groups) {
  private static final long MAX_ID = 0x7fffffffL;

  /// An entry of passwd(5).
  public record User(String name, long uid, long gid, String home) {}

  /// An entry of group(5).
  public record Group(String name, long gid, List<String> members) {}

  /// No user or group of that name, or a number out of range; the message is Docker's.
  public static final class UnknownUserException extends Exception {
    private static final long serialVersionUID = 1L;

    UnknownUserException(String message) {
      super(message);
    }
  }

  public UserDatabase {
    users = List.copyOf(users);
    groups = List.copyOf(groups);
  }

  /// Parses the two files' text; the empty string stands for a missing file.
  public static UserDatabase parse(String passwd, String group) {
    List<User> users = new ArrayList<>();
    for (String line : passwd.lines().toList()) {
      String[] fields = line.strip().split(":", -1);
      if (fields.length >= 4) {
        OptionalLong uid = number(fields[2]);
        OptionalLong gid = number(fields[3]);
        if (uid.isPresent() && gid.isPresent()) {
          String home = fields.length > 5 ? fields[5] : "";
          users.add(new User(fields[0], uid.getAsLong(), gid.getAsLong(), home));
        }
      }
    }
    List<Group> groups = new ArrayList<>();
    for (String line : group.lines().toList()) {
      String[] fields = line.strip().split(":", -1);
      if (fields.length >= 3) {
        OptionalLong gid = number(fields[2]);
        if (gid.isPresent()) {
          List<String> members = fields.length > 3 ? List.of(fields[3].split(",")) : List.of();
          groups.add(new Group(fields[0], gid.getAsLong(), members));
        }
      }
    }
    return new UserDatabase(users, groups);
  }

  /// Resolves `user`, `user:group`, each a name or a number; the empty string is root. A number
  /// that no entry has is taken as it is, with group 0. Groups of which the user is a member are
  /// added unless a group was named. The group itself and `extraGroups` come on top.
  public ResolvedUser resolve(String spec, List<String> extraGroups) throws UnknownUserException {
    int colon = spec.indexOf(':');
    String userPart = colon < 0 ? spec : spec.substring(0, colon);
    String groupPart = colon < 0 ? "" : spec.substring(colon + 1);
    Optional<User> entry = findUser(userPart);
    OptionalLong asNumber = number(userPart);
    if (entry.isEmpty() && asNumber.isEmpty() && !userPart.isEmpty()) {
      throw new UnknownUserException(
          "unable to find user " + userPart + ": no matching entries in passwd file");
    }
    long uid = entry.map(User::uid).orElse(asNumber.orElse(0));
    checkRange(uid, userPart);
    var additional = new TreeSet<Long>();
    long gid;
    if (groupPart.isEmpty()) {
      gid = entry.map(User::gid).orElse(0L);
      entry.ifPresent(user -> additional.addAll(groupsOf(user.name())));
    } else {
      gid = groupNumber(groupPart);
    }
    for (String group : extraGroups) {
      additional.add(groupNumber(group));
    }
    additional.add(gid); // as one of these, too: CVE-2022-36109
    return new ResolvedUser(uid, gid, List.copyOf(additional));
  }

  private Optional<User> findUser(String part) {
    Predicate<User> byName = user -> user.name().equals(part);
    Optional<User> named = users.stream().filter(byName).findFirst();
    if (named.isPresent()) {
      return named;
    }
    OptionalLong uid = part.isEmpty() ? OptionalLong.of(0) : number(part);
    return uid.isEmpty()
        ? Optional.empty()
        : users.stream().filter(user -> user.uid() == uid.getAsLong()).findFirst();
  }

  private List<Long> groupsOf(String userName) {
    return groups.stream()
        .filter(group -> group.members().contains(userName))
        .map(Group::gid)
        .toList();
  }

  private long groupNumber(String part) throws UnknownUserException {
    for (Group group : groups) {
      if (group.name().equals(part)) {
        return group.gid();
      }
    }
    OptionalLong gid = number(part);
    if (gid.isEmpty()) {
      throw new UnknownUserException(
          "Unable to find group " + part + ": no matching entries in group file");
    }
    checkRange(gid.getAsLong(), part);
    return gid.getAsLong();
  }

  private static void checkRange(long id, String part) throws UnknownUserException {
    if (id > MAX_ID) {
      throw new UnknownUserException(
          "uids and gids must be in range 0-" + MAX_ID + ", not " + part);
    }
  }

  private static OptionalLong number(String text) {
    if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Long.parseLong(text));
  }
}
