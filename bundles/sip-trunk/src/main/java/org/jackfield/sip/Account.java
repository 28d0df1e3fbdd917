package org.jackfield.sip;

/** A user at the SBC or the ACD, for its challenges. Immutable; the password shows in no text. */
record Account(String user, String password) {
    @Override
    public String toString() {
        return "Account[" + user + "]";
    }
}
