/** An ACD: agents, queues, routeing and transfers; CSTA III (ECMA-323) towards the host, SIP through its trunk. */
@NullMarked
package org.jackfield.twin.acd;

import org.jspecify.annotations.NullMarked;
