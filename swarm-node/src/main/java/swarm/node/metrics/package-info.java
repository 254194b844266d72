/// Numbers for whoever watches a node: histograms, and the text that Prometheus reads. It must not
/// know what is counted.
@NullMarked
package swarm.node.metrics;

import org.jspecify.annotations.NullMarked;
