#pragma once
// Rows from the Server Redundancy Guide. @source guide.txt: SIP Server Redundancy; Configuration;
// Cases 1 and 2; Figure 7

#include <array>

#include "harness/verdict/requirement.hpp"

namespace sipharness::verdict::catalogue {

inline constexpr std::array guide_rows{
    Requirement{"GRP-CFG-02", "guide, Configuration, steps 2 and 3", Severity::vendor,
                "A server can be given as address or name with a port, and that port is used.",
                "The first REGISTER to each server goes to its port, after a lookup of A or AAAA "
                "where it was given by name, and none goes to another port of that machine; other "
                "lookups are remarked.",
                ""},
    Requirement{
        "GRP-CFG-03", "guide, Configuration (Optional)", Severity::vendor,
        "The device takes Register Expiration as minutes and Reregister before Expiration as "
        "seconds.",
        "Every REGISTER that asks for a binding asks for exactly 60 times the configured minutes: "
        "in its Contact's expires parameter, else in its Expires header.",
        ""},
    Requirement{
        "GRP-REG-01", "guide, SIP Server Redundancy; Case 1", Severity::vendor,
        "With both servers configured, the device registers the same account at both.",
        "A REGISTER with an expiry above zero arrives at the primary and at the secondary: within "
        "10 s of each other if both answer, and at the secondary no later than 64*T1 and fo_grace "
        "after the first one if the primary is silent.",
        "profile: fo_grace"},
    Requirement{
        "GRP-REG-02", "guide, Case 1", Severity::vendor,
        "With both servers reachable, both registrations succeed and both stay alive.",
        "From 5 s after the second server's first 200 until a server first stops answering, each "
        "server holds a binding of the device without a gap.",
        "profile: registration"},
    Requirement{
        "GRP-REG-03", "guide, Cases 1 and 2", Severity::vendor,
        "The two registrations are independent: a silent or refusing server does not stop or delay "
        "the registration at the other.",
        "While one server is out, the binding at the other never lapses and its refreshes keep "
        "their period.",
        "profile: registration + fo_grace"},
    Requirement{"GRP-REG-04", "guide, Case 1", Severity::vendor,
                "The device refreshes its registration at both servers, not only at the primary.",
                "Each registration period of each answering server holds at least one further "
                "REGISTER attempt at that server.",
                ""},
    Requirement{
        "GRP-REG-05", "guide, Configuration (Optional); Case 1", Severity::vendor,
        "The device refreshes a registration when the granted expiry less Reregister before "
        "Expiration has passed.",
        "The interval from a server's 200 to the start of the next attempt there is E - R; with R "
        "= 0 it lies between half of E and E.",
        "profile: registration"},
    Requirement{
        "GRP-REG-06", "guide, Configuration (Optional)", Severity::vendor,
        "Reregister before Expiration 0 switches the early refresh off and does nothing else.",
        "With R = 0 the refresh comes no earlier than half of E after the 200, and no period has "
        "more than two attempts.",
        ""},
    Requirement{
        "GRP-REG-07", "guide, Case 2", Severity::vendor,
        "The device keeps refreshing its registration at the secondary while the primary is down.",
        "GRP-REG-05 at the secondary, over the periods that lie in the primary's outage.",
        "profile: registration"},
    Requirement{
        "GRP-REG-08", "guide, Case 1", Severity::vendor,
        "The device keeps trying to register with a primary that does not answer.",
        "In an outage long enough for two retries, at least two further attempts reach the primary "
        "after the first one failed; the wait between them is measured.",
        "profile: registration (of the measured wait)"},
    Requirement{
        "GRP-ID-01", "guide, prerequisites", Severity::vendor,
        "The device uses the same extension and the same credentials at both servers.",
        "The user of To and From is the same in every REGISTER to either server; so is the digest "
        "username where a server challenges.",
        ""},
    Requirement{"GRP-SUB-01", "guide, SIP Server Redundancy", Severity::vendor,
                "The device subscribes at both servers, to everything but message waiting.",
                "For each event package that it is set to, other than message-summary, a SUBSCRIBE "
                "reaches the primary and the secondary within 30 s of the later registration.",
                "policy: 30 s"},
    Requirement{
        "GRP-SUB-02", "guide, SIP Server Redundancy", Severity::vendor,
        "The device does not subscribe to message waiting at both servers.",
        "While both servers are up, SUBSCRIBEs for message-summary that ask for time go to one of "
        "them only; the secondary alone is a warning. While the primary is known to be down, the "
        "secondary may have it.",
        ""},
    Requirement{
        "GRP-SUB-03", "guide, SIP Server Redundancy; RFC 6665 §4.1.3", Severity::vendor,
        "The device takes the NOTIFYs of both servers in these subscriptions.",
        "Each NOTIFY in a living subscription, of either server, is answered with 2xx within "
        "64*T1.",
        "profile: timer"},
    Requirement{
        "GRP-CALL-01", "guide, SIP Server Redundancy; Case 1", Severity::vendor,
        "While the primary is registered and answering, an outgoing call starts at the primary.",
        "The first INVITE of the call goes to the primary.", ""},
    Requirement{"GRP-CALL-02", "guide, Case 1", Severity::vendor,
                "While the primary answers, no INVITE of that call goes to the secondary.",
                "The primary responds within T1 with anything but a server failure, and no INVITE "
                "of the call is sent to the secondary.",
                ""},
    Requirement{
        "GRP-CALL-03", "guide, Case 2 and Figure 7", Severity::vendor,
        "If the primary does not react to the INVITE, the device tries the call at the secondary.",
        "An INVITE of the call reaches the secondary more than T1 and at most 64*T1 and fo_grace "
        "after the first INVITE to the silent primary.",
        "profile: fo_grace"},
    Requirement{
        "GRP-CALL-04", "guide, SIP Server Redundancy; Case 2", Severity::vendor,
        "If the registration at the primary is already known to be lost, the call is served by the "
        "secondary.",
        "The call is answered and acknowledged at the secondary; the first INVITE goes there "
        "within 2 s of dialling. Trying the silent primary first again is a warning.",
        ""},
    Requirement{
        "GRP-CALL-05", "guide, Case 2 and Figure 7", Severity::vendor,
        "A call over the secondary is complete: ringing, answer, ACK and BYE are all exchanged "
        "with the secondary.",
        "The ACK follows the secondary's 200 within T1, the BYE goes to the secondary and is "
        "answered, and no message of that dialog goes to the primary.",
        "profile: timer"},
    Requirement{
        "GRP-CALL-06", "guide, Case 2", Severity::vendor,
        "A call that the secondary brings while the primary is lost is taken.",
        "The device answers an INVITE to the Contact it registered there with a 1xx other than 100 "
        "or a 2xx within 4 s, and with a 200 when its user takes the call.",
        "policy: 4 s"},
    Requirement{
        "GRP-CALL-07", "guide, SIP Server Redundancy; Case 1", Severity::quality,
        "A call that the secondary brings while the primary serves the device is taken too.",
        "As GRP-CALL-06; the guide speaks of outgoing calls only, so a refusal is a warning at "
        "most.",
        "policy: 4 s"},
    Requirement{
        "GRP-CALL-08", "guide, Case 1", Severity::vendor,
        "After the primary has returned and the device is registered there again, new calls "
        "use the primary.",
        "Every call dialled 2 s or more after the first 200 to REGISTER that follows a loss "
        "starts at the primary and stays there if it answers.",
        "policy: 2 s"},
    Requirement{
        "GRP-CALL-09", "guide, Case 1", Severity::vendor,
        "A secondary that fails does not disturb calls over the primary.",
        "While the secondary is out, the first INVITE goes to the primary within 2 s of dialling, "
        "none goes to the secondary, and the call completes.",
        ""},
    Requirement{
        "GRP-AUTH-01", "guide, last note", Severity::vendor,
        "The device works without being challenged.",
        "In a run without any 401 or 407 a registration is accepted, and every dial while it "
        "holds puts an INVITE on the wire; credentials that nobody asked for are remarked.",
        "policy: 10 s"},
    Requirement{
        "GRP-AUTH-02", "guide, Cases 1 and 2; RFC 3261 §22", Severity::quality,
        "With challenges the device behaves at both servers as it does without them.",
        "A challenged registration attempt goes on to its end, and a challenged INVITE is sent "
        "again to the same server: no challenge counts as a failure of the server.",
        ""},
};

}  // namespace sipharness::verdict::catalogue
