/// The `filters` of Docker's lists and events: which objects pass. Pure; what a filter has to look
/// up is asked through ports that are given to it. It must not know where a list comes from, nor
/// the routes.
@NullMarked
package swarm.node.api.filter;

import org.jspecify.annotations.NullMarked;
