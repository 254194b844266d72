package swarm.node.api.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Wire;

/// JSON is written with single quotes here.
class SpecValidatorTest {
  private static final String GRPC = "rpc error: code = InvalidArgument desc = ";

  private static void check(String json) throws ApiException, JsonProcessingException {
    SpecValidator.check(Wire.JSON.readValue(json.replace('\'', '"'), ServiceSpec.class));
  }

  private static String service(String more) {
    return "{'Name':'web','TaskTemplate':{'ContainerSpec':{'Image':'nginx'}}" + comma(more) + "}";
  }

  private static String task(String more) {
    return "{'Name':'web','TaskTemplate':{'ContainerSpec':{'Image':'nginx'}" + comma(more) + "}}";
  }

  private static String container(String more) {
    return "{'Name':'web','TaskTemplate':{'ContainerSpec':{'Image':'nginx'" + comma(more) + "}}}";
  }

  private static String comma(String more) {
    return more.isEmpty() ? "" : "," + more;
  }

  private static void refused(String spec, int status, String message) {
    assertThatThrownBy(() -> check(spec))
        .as(spec)
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.status()).as(spec).isEqualTo(status))
        .hasMessageContaining(status == 400 ? GRPC : "")
        .hasMessageContaining(message);
  }

  // ---- the service

  @Test
  void settingsThatAreLabels() throws Exception {
    check(service("'Labels':{'swarm.priority':'5','swarm.stop-after-disconnect':'1m','x':''}"));
    refused(
        service("'Labels':{'swarm.priority':'x'}"),
        400,
        "label swarm.priority must be a number from -1000 to 1000, not 'x'");
    refused(service("'Labels':{'swarm.prio':'1'}"), 400, "unknown label 'swarm.prio'");
    refused(
        service("'Labels':{'swarm.stop-after-disconnect':'soon'}"),
        400,
        "label swarm.stop-after-disconnect must be a duration");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "'Mode':{'Replicated':{'Replicas':0}}",
        "'Mode':{'Replicated':{'Replicas':100000}}",
        "'Mode':{'Replicated':{}}",
        "'Mode':{'Global':{}}",
        "'Mode':{}",
        "'Mode':{'Replicated':{},'Global':null,'ReplicatedJob':null,'GlobalJob':null}",
        "'Mode':{'ReplicatedJob':{},'GlobalJob':null}",
        "'Mode':{'ReplicatedJob':{'MaxConcurrent':0,'TotalCompletions':100000}}",
        "'Mode':{'ReplicatedJob':{}},'TaskTemplate':{'ContainerSpec':{'Image':'i'},"
            + "'RestartPolicy':{'Condition':'any'}}",
        "'Mode':{'GlobalJob':{}},'UpdateConfig':null",
        "'EndpointSpec':{'Mode':'vip'}",
        "'UpdateConfig':{'Parallelism':0,'Delay':0,'Order':'','FailureAction':''}",
        "'UpdateConfig':{'Order':'start-first','FailureAction':'rollback','MaxFailureRatio':1}",
        "'RollbackConfig':{'Order':'stop-first','FailureAction':'pause','MaxFailureRatio':0}",
        "'Networks':[]",
        "'EndpointSpec':{'Ports':[{'TargetPort':80}]}",
        "'EndpointSpec':{'Ports':[null]}",
        "'EndpointSpec':{'Ports':[{'TargetPort':80,'PublishedPort':80},"
            + "{'TargetPort':80,'PublishedPort':80,'Protocol':'udp'},"
            + "{'TargetPort':81,'PublishedPort':81,'PublishMode':'host'}]}",
        "'EndpointSpec':{'Mode':'dnsrr','Ports':[{'TargetPort':80,'PublishMode':'host'}]}",
        "'Future':{'kept':true}",
      })
  void goodServices(String more) {
    assertThatCode(() -> check(service(more))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'Mode':{'Replicated':{'Replicas':-1}}       | 400 | replicas must be from 0 to 100000, not -1",
        "'Mode':{'Replicated':{'Replicas':100001}}   | 400 | not 100001",
        "'Mode':{'Replicated':{},'Global':{}}        | 400 | only one service mode",
        "'Mode':{'Replicated':{},'ReplicatedJob':{}} | 400 | only one service mode",
        "'Mode':{'Global':{},'GlobalJob':{}}         | 400 | only one service mode",
        "'Mode':{'ReplicatedJob':{},'GlobalJob':{}}  | 400 | only one service mode",
        "'Mode':{'ReplicatedJob':{'MaxConcurrent':-1}} | 400 | Maximum concurrent jobs must not be negative",
        "'Mode':{'ReplicatedJob':{'TotalCompletions':-1}} | 400 | Total completed jobs must not be negative",
        "'Mode':{'ReplicatedJob':{'TotalCompletions':100001}} | 400 | from 0 to 100000, not 100001",
        "'Mode':{'ReplicatedJob':{'Retries':1}}      | 501 | a replicated job's Retries",
        "'Mode':{'GlobalJob':{'Retries':1}}          | 501 | a global job's Retries",
        "'Mode':{'GlobalJob':{}},'UpdateConfig':{}   | 400 | Jobs may not have an update config",
        "'Mode':{'ReplicatedJob':{}},'RollbackConfig':{} | 400 | Jobs may not have a rollback config",
        "'Mode':{'Sometimes':{'A':1}}                | 501 | a service's mode Sometimes",
        "'Mode':{'Replicated':{'Spread':2}}          | 501 | a replicated service's Spread",
        "'UpdateConfig':{'Window':1}                 | 501 | UpdateConfig's Window",
        "'RollbackConfig':{'Window':1}               | 501 | RollbackConfig's Window",
        "'EndpointSpec':{'Mode':'moon'}              | 400 | mode must be vip or dnsrr, not 'moon'",
        "'EndpointSpec':{'Address':'1.2.3.4'}        | 501 | an endpoint's Address",
        "'Networks':[{'Target':'n','DriverOpts':{'a':'b'}}] | 501 | network with DriverOpts",
        "'UpdateConfig':{'Order':'up'}               | 400 | UpdateConfig: order must be stop-first",
        "'RollbackConfig':{'Order':'up'}             | 400 | RollbackConfig: order must be stop-first",
        "'UpdateConfig':{'FailureAction':'cry'}      | 400 | not 'cry'",
        "'UpdateConfig':{'Parallelism':-1}           | 400 | cannot be negative",
        "'UpdateConfig':{'Delay':-1}                 | 400 | cannot be negative",
        "'TaskTemplate':{'ContainerSpec':{'Image':'i'},'ForceUpdate':-1} | 400 | ForceUpdate must be 0 or more, not -1",
        "'TaskTemplate':{'ContainerSpec':{'Image':'i'},'RestartPolicy':{'MaxAttempts':-1}} | 400 | RestartPolicy.MaxAttempts must be 0 or more",
        "'TaskTemplate':{'ContainerSpec':{'Image':'i'},'Placement':{'MaxReplicas':-1}} | 400 | Placement.MaxReplicas must be 0 or more",
        "'UpdateConfig':{'Monitor':-1}               | 400 | cannot be negative",
        "'UpdateConfig':{'MaxFailureRatio':1.1}      | 400 | from 0 to 1, not 1.1",
        "'UpdateConfig':{'MaxFailureRatio':-0.1}     | 400 | from 0 to 1, not -0.1",
      })
  void badServices(String more, int status, String message) {
    refused(service(more), status, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'TargetPort':80,'Protocol':'sctp'}                       | 501 | protocol 'sctp'",
        "{'TargetPort':80,'Protocol':'icmp'}                       | 400 | not 'icmp'",
        "{'PublishedPort':80}                                      | 400 | from 1 to 65535: 80:0",
        "{'TargetPort':0}                                          | 400 | from 1 to 65535: 0:0",
        "{'TargetPort':65536}                                      | 400 | from 1 to 65535",
        "{'TargetPort':80,'PublishedPort':-1}                      | 400 | from 1 to 65535",
        "{'TargetPort':80,'PublishedPort':65536}                   | 400 | from 1 to 65535",
        "{'TargetPort':80,'HostIP':'1.2.3.4'}                      | 501 | a published port's HostIP",
        "{'TargetPort':80,'PublishMode':'moon'}                    | 400 | not 'moon'",
        "{'TargetPort':80,'PublishedPort':9},{'TargetPort':81,'PublishedPort':9} | 400 | duplicate published ports provided",
        "{'TargetPort':80,'PublishedPort':9},{'TargetPort':80,'PublishedPort':9,'PublishMode':'host'} | 400 | duplicate published ports provided",
        "{'TargetPort':80,'PublishedPort':9,'PublishMode':'host'},{'TargetPort':81,'PublishedPort':9,'PublishMode':'host'} | 400 | duplicate published ports provided",
      })
  void badPorts(String ports, int status, String message) {
    refused(service("'EndpointSpec':{'Ports':[" + ports + "]}"), status, message);
  }

  @Test
  void theMeshNeedsAVirtualAddress() {
    refused(
        service("'EndpointSpec':{'Mode':'dnsrr','Ports':[{'TargetPort':80,'PublishedPort':80}]}"),
        400,
        "ingress mode can't be used with dnsrr mode");
  }

  // ---- names

  @ParameterizedTest
  @ValueSource(strings = {"a", "Web-1_x", "0", "a--b"})
  void goodNames(String name) {
    assertThatCode(() -> check(service("").replace("web", name))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", "a-", "_a", "a_", "a b", "a.b", "a/b", "ä", "a\\n"})
  void badNames(String name) {
    refused(service("").replace("web", name), 400, "name must be valid as a DNS name component");
  }

  @Test
  void namesHave63Characters() {
    assertThatCode(() -> check(service("").replace("web", "a".repeat(63))))
        .doesNotThrowAnyException();
    refused(service("").replace("web", "a".repeat(64)), 400, "needs 1 to 63 letters");
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void anEndlessNameIsRefusedWithoutEndlessWork() {
    refused(service("").replace("web", "a".repeat(1_000_000) + "!"), 400, "DNS name component");
  }

  // ---- the task

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'Runtime':''",
        "'Runtime':'container'",
        "'Networks':[]",
        "'Placement':{'Constraints':['node.role==manager','node.labels.a != b']}",
        "'Placement':{'Preferences':[]}",
        "'Placement':{'Preferences':[{'Spread':{'SpreadDescriptor':'node.labels.zone'}},"
            + "{'Spread':{'SpreadDescriptor':'Engine.Labels.disk'}}]}",
        "'Placement':{'Constraints':['node.ip!=192.0.2.0/24','node.labels.a == *.b']}",
        "'Resources':{'Reservations':{'GenericResources':"
            + "[{'DiscreteResourceSpec':{'Kind':'GPU','Value':2}}]}}",
        "'RestartPolicy':{'Condition':'on-failure'}",
        "'RestartPolicy':{'Condition':''}",
        "'LogDriver':null",
        "'LogDriver':{'Name':'local','Options':{'max-size':'1m'}}",
        "'LogDriver':{},'PluginSpec':null,'NetworkAttachmentSpec':null",
        "'Resources':{'Limits':{'Pids':5},'Reservations':{'GenericResources':null}}",
        "'Resources':{'Limits':{'MemoryBytes':4194304,'NanoCPUs':1000000},"
            + "'Reservations':{'MemoryBytes':4194304,'NanoCPUs':1000000}}",
        "'Resources':{'Limits':{'MemoryBytes':0,'NanoCPUs':0,'Pids':0},"
            + "'Reservations':{'MemoryBytes':4194304,'NanoCPUs':1000000}}",
        "'Resources':{'Limits':{},'Reservations':{'GenericResources':[]}}",
        "'Placement':{'Platforms':[{'Architecture':'amd64','OS':'linux'}]}",
        "'ForceUpdate':3",
      })
  void goodTasks(String more) {
    assertThatCode(() -> check(task(more))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'Runtime':'plugin'                                    | 501 | the task runtime 'plugin'",
        "'Networks':[{'Target':'n','DriverOpts':{'a':'b'}}]    | 501 | network with DriverOpts",
        "'Placement':{'Constraints':['node.role=manager']}     | 400 | expected one operator",
        "'Placement':{'Constraints':['node.shape==round']}     | 400 | 'node.shape' is unknown",
        "'Placement':{'Preferences':[{'Spread':{}}]}           | 400 | must have a Spread.SpreadDescriptor",
        "'Placement':{'Preferences':[null]}                    | 400 | must have a Spread.SpreadDescriptor",
        "'Placement':{'Preferences':[{'Pack':{}}]}             | 400 | must have a Spread.SpreadDescriptor",
        "'Placement':{'Preferences':[{'Pack':{'On':'x'}}]}     | 501 | a placement preference by Pack",
        "'Placement':{'Preferences':[{'Spread':{'SpreadDescriptor':'node.id'}}]} | 400 | 'node.id' cannot be spread over",
        "'Placement':{'Constraints':['node.labels.a==b,c']}    | 400 | value 'b,c' is invalid",
        "'Placement':{'Constraints':['node.ip==example.com']}  | 400 | no IP address",
        "'LogDriver':{'Name':'splunk'}                         | 400 | LogDriver: error looking up logging plugin splunk",
        "'LogDriver':{'Options':{'size':'1m'}}                 | 400 | LogDriver: unknown log opt 'size'",
        "'PluginSpec':{'Name':'x'}                             | 501 | a task's PluginSpec",
        "'NetworkAttachmentSpec':{'ContainerID':'x'}           | 501 | NetworkAttachmentSpec",
        "'Resources':{'Reservations':{'GenericResources':[{}]}} | 400 | invalid argument for resource",
        "'Resources':{'Reservations':{'GenericResources':[null]}} | 400 | invalid argument for resource",
        "'Resources':{'Reservations':{'GenericResources':[{'NamedResourceSpec':{'Kind':'GPU','Value':'x'}}]}} | 400 | invalid argument for resource GPU",
        "'Resources':{'Reservations':{'GenericResources':[{'DiscreteResourceSpec':{'Kind':'GPU','Value':-1}}]}} | 400 | cannot ask for negative resource GPU",
        "'Resources':{'Reservations':{'GenericResources':[{'DiscreteResourceSpec':{'Value':1}}]}} | 400 | needs a Kind",
        "'Resources':{'Reservations':{'GenericResources':[{'DiscreteResourceSpec':{'Kind':'GPU','Value':1,'Model':'x'}}]}} | 501 | reserving a generic resource by Model",
        "'Resources':{'Limits':{'GenericResources':[{'DiscreteResourceSpec':{'Kind':'GPU','Value':1}}]}} | 501 | limiting a task's GenericResources",
        "'Resources':{'Limits':{'GPUs':1}}                     | 501 | limiting a task's GPUs",
        "'Resources':{'SwapBytes':1}                           | 501 | SwapBytes",
        "'RestartPolicy':{'Jitter':1}                          | 501 | restart policy's Jitter",
        "'Placement':{'Zones':['a']}                           | 501 | placement by Zones",
        "'Resources':{'Limits':{'MemoryBytes':1}}              | 400 | invalid memory value 1: Must be at least 4MiB",
        "'Resources':{'Limits':{'MemoryBytes':-1}}             | 400 | invalid memory value -1: Must be at least 4MiB",
        "'Resources':{'Reservations':{'MemoryBytes':4194303}}  | 400 | invalid memory value 4194303",
        "'Resources':{'Limits':{'NanoCPUs':100000}}            | 400 | invalid cpu value 0.0001: Must be at least 0.001",
        "'Resources':{'Reservations':{'NanoCPUs':1}}           | 400 | invalid cpu value 0.000000001: Must be at least 0.001",
        "'Resources':{'Limits':{'Pids':-1}}                    | 400 | invalid pids value -1: Must not be negative",
        "'Resources':{'Limits':{'MemoryBytes':4194304},'Reservations':{'MemoryBytes':4194305}}"
            + "| 400 | memory reservation 4194305 is above the limit 4194304",
        "'Resources':{'Limits':{'NanoCPUs':1000000},'Reservations':{'NanoCPUs':2000000}}"
            + "| 400 | cpu reservation 0.002 is above the limit 0.001",
        "'RestartPolicy':{'Condition':'maybe'}                 | 400 | not 'maybe'",
        "'RestartPolicy':{'Delay':-1}                           | 400 | TaskSpec: restart-delay cannot be negative",
        "'RestartPolicy':{'Window':-1}                          | 400 | TaskSpec: restart-window cannot be negative",
      })
  void badTasks(String more, int status, String message) {
    refused(task(more), status, message);
  }

  // ---- the container

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'Name':'web'}                                               | ContainerSpec: missing",
        "{'Name':'web','TaskTemplate':{}}                             | ContainerSpec: missing",
        "{'Name':'web','TaskTemplate':{'ContainerSpec':{}}}           | image reference must be",
        "{'Name':'web','TaskTemplate':{'ContainerSpec':{'Image':''}}} | image reference must be",
        "{'Name':'web','TaskTemplate':{'ContainerSpec':{'Image':'A B'}}} | not a valid repository",
      })
  void containersWithoutAnImage(String spec, String message) {
    refused(spec, 400, message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'Mounts':[{'Type':'bind','Source':'/a','Target':'/b'},{'Type':'tmpfs','Target':'/c'}]",
        "'Mounts':[{'Type':'volume','Target':'/a'},{'Type':'volume','Source':'v','Target':'/b',"
            + "'VolumeOptions':{'NoCopy':true,'Labels':{'a':'b'}}}]",
        "'Mounts':[{'Type':'tmpfs','Target':'/a','TmpfsOptions':{'SizeBytes':5,'Mode':448}}]",
        "'Mounts':[{'Type':'bind','Source':'/a','Target':'/a','BindOptions':{'Propagation':'shared'}}]",
        "'Env':['A=b'],'Args':['x'],'Labels':{'a':'b'}",
        "'Secrets':[],'Configs':null,'DNSConfig':{},'OomScoreAdj':0",
        "'OomScoreAdj':-1000,'Groups':['7','wheel'],'DNSConfig':{'Nameservers':['10.1.1.1','::1'],"
            + "'Search':['example.org'],'Options':['ndots:2']}",
        "'Ulimits':[{'Name':'nofile','Soft':10,'Hard':20},{'Name':'core','Soft':-1,'Hard':-1}]",
        "'Ulimits':[{'Name':'memlock','Soft':5,'Hard':-1}]",
        "'StopSignal':'','StopGracePeriod':0",
        "'StopSignal':'SIGRTMIN+3'",
        "'StopSignal':'9'",
        "'Isolation':'default'",
        "'Isolation':''",
        "'HealthCheck':{'Test':['NONE']}",
        "'HealthCheck':{'Test':['CMD','true'],'Interval':1000000}",
        "'Healthcheck':{'Test':['NONE']}",
        "'Healthcheck':{}",
        "'Privileges':{'CredentialSpec':null,'SELinuxContext':null}",
        "'Privileges':{'NoNewPrivileges':true,'SELinuxContext':{'Disable':true},"
            + "'Seccomp':{'Mode':'unconfined'},'AppArmor':{'Mode':'disabled'}}",
        "'Privileges':{'Seccomp':{'Mode':'custom','Profile':'"
            + "eyJkZWZhdWx0QWN0aW9uIjoiU0NNUF9BQ1RfQUxMT1cifQ=='},'AppArmor':{'Mode':'default'}}",
        "'Mounts':[{'Type':'bind','Source':'/a','Target':'/b','Consistency':'cached',"
            + "'BindOptions':{'Propagation':'rprivate'}}]",
      })
  void goodContainers(String more) {
    assertThatCode(() -> check(container(more))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'Secrets':[{}]                                    | 400 | malformed secret reference",
        "'Secrets':[null]                                  | 400 | malformed secret reference",
        "'Configs':[{'ConfigID':'a','ConfigName':'b'}]     | 400 | malformed config reference, no target",
        "'Configs':[{'ConfigID':'a','ConfigName':'b','Runtime':{}}] | 501 | that is not given as a file",
        "'Secrets':[{'SecretID':'a','SecretName':'b','File':{'Name':''}}]"
            + "| 400 | malformed file secret reference, invalid target file name provided",
        "'Secrets':[{'SecretID':'a','SecretName':'b','File':{'Name':'.'}}]"
            + "| 400 | malformed file secret reference, invalid target file name provided",
        "'Secrets':[{'SecretID':'a','SecretName':'b','File':{'Name':'x','UID':'root'}}]"
            + "| 400 | the UID of a secret must be a number, not 'root'",
        "'Secrets':[{'SecretID':'a','SecretName':'b','File':{'Name':'x','Mode':4096}}]"
            + "| 400 | the mode of secret 'b' must be from 0 to 4095 (octal 7777), not 4096",
        "'Secrets':[{'SecretID':'a','SecretName':'b','File':{'Name':'x'}},"
            + "{'SecretID':'c','SecretName':'d','File':{'Name':'x'}}]"
            + "| 400 | secret references 'b' and 'd' have a conflicting target: 'x'",
        "'Secrets':[{'SecretID':'a','SecretName':'b','File':{'Name':'x'}}],"
            + "'Configs':[{'ConfigID':'c','ConfigName':'d','File':{'Name':'/run/secrets/./x'}}]"
            + "| 400 | secret and config references 'b' and 'd' have a conflicting target:",
        "'HealthCheck':{'Test':['CMD']}                    | 400 | ContainerSpec: Test in Healthcheck names no command",
        "'Healthcheck':{'Interval':1}                      | 400 | Interval in Healthcheck cannot be less than 1ms",
        "'Isolation':'hyperv'                              | 501 | a service's Isolation",
        "'OomScoreAdj':1001                                | 400 | Invalid value 1001, range for oom score adj",
        "'Groups':['']                                     | 400 | must not hold empty values",
        "'Groups':[null]                                   | 400 | must not hold empty values",
        "'DNSConfig':{'Nameservers':['ns1']}               | 400 | DNSConfig.Nameservers: 'ns1' is not an IP address",
        "'DNSConfig':{'Search':['a b']}                    | 400 | DNSConfig.Search: 'a b' must be one word",
        "'Mounts':[{'Type':'volume','Target':'/a'},{'Type':'tmpfs','Target':'/a/'}]"
            + "| 400 | ContainerSpec: duplicate mount point: /a/",
        "'Env':['A={{.Task.Slo}}']                         | 400 | expanding env failed: expanding env",
        "'Hostname':'{{.Node.Hostname'                     | 400 | expanding hostname failed: template:",
        "'Hostname':'{{range .Task}}{{end}}'               | 501 | 'range' in a template",
        "'Mounts':[{'Type':'bind','Source':'{{.Node.ID}}','Target':'/b'}]"
            + "| 400 | invalid mount path: 'nodeid' mount path must be absolute",
        "'StopSignal':'FOO'                                | 400 | invalid signal: FOO",
        "'StopGracePeriod':-1                              | 400 | StopGracePeriod cannot be negative: -1",
        "'Future':true                                     | 501 | a service's Future",
        "'Privileges':{'CredentialSpec':{'File':'a'}}      | 501 | a credential spec (it is for containers of Windows)",
        "'Privileges':{'SELinuxContext':{'Type':'t'}}      | 501 | a service's SELinux Type",
        "'Privileges':{'Future':{'A':1}}                   | 501 | a service's Privileges.Future",
        "'Privileges':{'Seccomp':{'Mode':'off'}}           | 400 | Seccomp.Mode must be default, unconfined or custom, not 'off'",
        "'Privileges':{'Seccomp':{'Mode':'custom'}}        | 400 | Privileges.Seccomp.Profile: ",
        "'Privileges':{'Seccomp':{'Mode':'custom','Profile':'{}'}} | 400 | Privileges.Seccomp.Profile: it must be a seccomp profile in base64",
        "'Privileges':{'AppArmor':{'Mode':'mine'}}         | 400 | AppArmor.Mode must be default or disabled, not 'mine'",
        "'Ulimits':[{'Name':'files','Soft':1,'Hard':1}]    | 400 | invalid ulimit type: 'files' is none of as, core",
        "'Ulimits':[{'Name':'nofile','Soft':2,'Hard':1}]   | 400 | less than or equal to hard limit: 2 > 1 (nofile)",
        "'Ulimits':[{'Name':'nofile','Soft':-1,'Hard':1}]  | 400 | less than or equal to hard limit: -1 > 1 (nofile)",
        "'Mounts':[{'Type':'image','Target':'/a'}]         | 501 | mount of type 'image'",
        "'Mounts':[{'Target':'/a'}]                        | 400 | mount type unknown",
        "'Mounts':[{'Type':'tmpfs'}]                       | 400 | field Target must not be empty",
        "'Mounts':[{'Type':'tmpfs','Target':'a'}]          | 400 | invalid mount path: 'a' mount path must",
        "'Mounts':[{'Type':'bind','Target':'/a'}]          | 400 | field Source must not be empty",
        "'Mounts':[{'Type':'bind','Source':'x','Target':'/a'}] | 400 | invalid mount path: 'x' mount path must",
        "'Mounts':[null]                                   | 400 | Mounts must not hold null",
        "'Env':['A=1',null]                                | 400 | Env must not hold null",
        "'Command':[null]                                  | 400 | Command must not hold null",
        "'Args':[null]                                     | 400 | Args must not hold null",
        "'Hosts':[null]                                    | 400 | Hosts must not hold null",
        "'CapabilityAdd':[null]                            | 400 | CapabilityAdd must not hold null",
        "'Labels':{'a':null}                               | 400 | Labels must not hold null",
        "'Sysctls':{'a':null}                              | 400 | Sysctls must not hold null",
      })
  void badContainers(String more, int status, String message) {
    refused(container(more), status, message);
  }
}
