------------------------------- MODULE Replication -------------------------------
(* The two servers of one node, as built (KvCluster.Core/Replication and        *)
(* KvCluster.Core/Master): main and replica, and the topology as an outside      *)
(* configuration manager (CM), one compare-and-set on the node's epoch.          *)
(* How to run it, and what was found: README.md.                                 *)
(*                                                                               *)
(* Nodes   the two servers; First is the first main                              *)
(* MaxLog  values written; MaxEp epochs; MaxRun runs (starts) of each server     *)
(* Copies  1: mode InSync, 2: mode Strict                                        *)
(* MaxBak  how many backups of a server's disk are made, and put back            *)
(* Mut     "none", or the name of the ONE rule that is switched off              *)
(*                                                                               *)
(* A request to the CM stays in flight until its epoch is over: it may be        *)
(* granted late, when its server has forgotten it, and its answer may be lost.   *)
(* Acknowledgements may be lost or late. A disk is as lazy as it may be: what    *)
(* was neither acknowledged nor committed nor reported may be lost by a crash.   *)
(* No clock: that "grace >= lease * (1+rho)/(1-rho)" is the guard of Takeover.   *)
(*                                                                               *)
(* Disks that are put back: an old folder of an earlier run is a fault like      *)
(* others. One of the very last run is found when the two logs are compared;     *)
(* GUARANTEES.md promises nothing if the other server is gone before that. So    *)
(* "hurt" marks it, and neither a grace period that passes nor a silent replica  *)
(* leaves a hurt server alone in the in-sync set. The only copy is not put back. *)
(*                                                                               *)
(* Left out: mode Relaxed and forced promotion (both may lose what they say),    *)
(* snapshots (a learner's log comes entry by entry), a new server in the place   *)
(* of a removed one (it begins as an empty learner, like an old folder that is   *)
(* put back outside the in-sync set). The simulator has all of them.             *)
EXTENDS Naturals, Sequences, FiniteSets
CONSTANTS Nodes, First, MaxLog, MaxEp, MaxRun, Copies, MaxBak, Mut
VARIABLES
  cm,     \* the topology: epoch, main, in-sync set, and the newest registered run of each server
  view,   \* view[n]: what of it n acts on
  up,     \* n's process lives and is registered
  log,    \* log[n]: entries [v, ep]; v is 0 for the no-op of a new main
  dur,    \* its first dur[n] entries are certainly on the disk
  com,    \* committed, as n knew it as main (that replicas learn of it is left out: it adds nothing to acked)
  lease,  \* lease[n]: whose lease n holds
  recon,  \* n is main and began to serve in this reign
  rel,    \* n is main and released its place
  join,   \* the other server's way into the in-sync set: 0 none, 1 it counts, 2 it is proposed
  pend,   \* what n has asked the CM for, as long as it remembers: "none", or the kind
  req,    \* requests that the CM may still grant
  match,  \* match[n]: so much of n's log is on the other server's disk, said in this epoch by this run
  ackm,   \* ackm[n]: the last acknowledgement that n sent
  gave,   \* n promised silence in its epoch
  acked,  \* history: values whose writes were acknowledged
  nextv,  \* history: the next value
  known,  \* known[n]: the newest run that n's folder remembers
  bak,    \* bak[n]: a backup of n's folder
  hurt    \* n's folder is an old one of its very last run, and nobody has compared it yet
vars == <<cm, view, up, log, dur, com, lease, recon, rel, join, pend, req, match, ackm, gave, acked, nextv, known, bak, hurt>>

Peer(n) == CHOOSE m \in Nodes : m # n
Min(x,y) == IF x < y THEN x ELSE y
IsPrefix(s,t) == Len(s) <= Len(t) /\ \A i \in 1..Len(s) : s[i] = t[i]
LCP(s,t) == LET K == {k \in 0..Min(Len(s),Len(t)) : \A i \in 1..k : s[i] = t[i]}
            IN CHOOSE k \in K : \A j \in K : j <= k
Vals(s,k) == {s[i].v : i \in 1..k} \ {0}
NoOp(e) == [v |-> 0, ep |-> e]
Nobody == [ep |-> 0, prim |-> First, isr |-> {}, run |-> [n \in Nodes |-> 0]]
NoAck == [ep |-> 0, run |-> 0, i |-> 0]
NoBak == [run |-> 0, log |-> <<>>, com |-> 0]

Init == /\ cm = [ep |-> 1, prim |-> First, isr |-> Nodes, run |-> [n \in Nodes |-> 1]]
        /\ view = [n \in Nodes |-> cm] /\ up = [n \in Nodes |-> TRUE]
        /\ log = [n \in Nodes |-> <<>>] /\ dur = [n \in Nodes |-> 0] /\ com = [n \in Nodes |-> 0]
        /\ lease = [n \in Nodes |-> {}] /\ recon = [n \in Nodes |-> n = First] /\ rel = [n \in Nodes |-> FALSE]
        /\ join = [n \in Nodes |-> 0] /\ pend = [n \in Nodes |-> "none"] /\ req = {}
        /\ match = [n \in Nodes |-> 0] /\ ackm = [n \in Nodes |-> NoAck]
        /\ gave = [n \in Nodes |-> FALSE] /\ acked = {} /\ nextv = 1
        /\ known = [n \in Nodes |-> 1] /\ bak = [n \in Nodes |-> NoBak] /\ hurt = [n \in Nodes |-> FALSE]

IsMain(n) == up[n] /\ view[n].prim = n
IsReplica(n) == up[n] /\ view[n].prim # n /\ n \in view[n].isr
IsLearner(n) == up[n] /\ n \notin view[n].isr
\* messages pass between s and its main p: one epoch, and p knows this run of s
Follows(s,p) == /\ s # p /\ IsMain(p) /\ up[s] /\ ~IsMain(s) /\ view[s].ep = view[p].ep
                /\ view[p].run[s] = view[s].run[s]
Hears(s,p) == Follows(s,p) /\ (Mut = "noPromise" \/ ~gave[s])

\* ---- who counts ------------------------------------------------------------
Member(p) == Peer(p) \in view[p].isr
Counts(p) == \/ Member(p) /\ ~(Mut = "shrinkEarly" /\ pend[p] = "shrink")
             \/ join[p] > 0 /\ Mut # "growLate"
NeedsLease(p) == IF Mut = "joinNoLease" THEN Member(p) ELSE Member(p) \/ join[p] > 0
Serves(n) == IsMain(n) /\ recon[n] /\ ~rel[n] /\ (NeedsLease(n) => Peer(n) \in lease[n])

\* ---- the log ---------------------------------------------------------------
Write(p) == /\ IsMain(p) /\ recon[p] /\ ~rel[p] /\ nextv <= MaxLog /\ Cardinality(view[p].isr) >= Copies
            /\ log' = [log EXCEPT ![p] = Append(@, [v |-> nextv, ep |-> view[p].ep])]
            /\ nextv' = nextv + 1
            /\ UNCHANGED <<cm, view, up, dur, com, lease, recon, rel, join, pend, req, match, ackm, gave, acked, known, bak, hurt>>
\* the two logs were compared: a main that had lost something would have found it, so would one whose replica had
Settled(p,s,full) == [hurt EXCEPT ![p] = @ /\ s \notin view[p].isr, ![s] = @ /\ ~full /\ Mut # "incompleteStays"]
\* the next entry reaches s; an in-sync server that lacks what is committed is asked out of the set first
Prepare(p,s) == /\ Hears(s,p) /\ Len(log[s]) < Len(log[p])
                /\ Mut = "noTruncate" \/ IsPrefix(log[s], log[p])
                /\ (s \in view[p].isr /\ Len(log[s]) < com[p] /\ match[p] <= Len(log[s])) => pend[p] = "shrink" \/ Mut = "incompleteStays"
                /\ log' = [log EXCEPT ![s] = Append(@, log[p][Len(log[s])+1])]
                /\ hurt' = Settled(p,s,FALSE)
                /\ UNCHANGED <<cm, view, up, dur, com, lease, recon, rel, join, pend, req, match, ackm, gave, acked, nextv, known, bak>>
\* s syncs its log and says how far it is on its disk and equal to p's
Ack(p,s) == LET a == [ep |-> view[s].ep, run |-> view[s].run[s], i |-> Len(log[s])]
            IN /\ Hears(s,p) /\ (Mut = "noTruncate" \/ IsPrefix(log[s], log[p])) /\ Len(log[s]) <= Len(log[p])
               /\ ackm[s] # a /\ ackm' = [ackm EXCEPT ![s] = a] /\ hurt' = Settled(p,s,Len(log[s]) = Len(log[p]))
               /\ dur' = IF Mut = "ackBeforeSync" THEN dur ELSE [dur EXCEPT ![s] = Len(log[s])]
               /\ UNCHANGED <<cm, view, up, log, com, lease, recon, rel, join, pend, req, match, gave, acked, nextv, known, bak>>
RecvAck(p,s) == /\ IsMain(p) /\ s # p /\ ackm[s].ep = view[p].ep /\ ackm[s].i > match[p]
                /\ ackm[s].run = view[p].run[s]
                /\ match' = [match EXCEPT ![p] = ackm[s].i]
                /\ UNCHANGED <<cm, view, up, log, dur, com, lease, recon, rel, join, pend, req, ackm, gave, acked, nextv, known, bak, hurt>>
\* what differs behind the newest common entry is cut; never at an in-sync server by a main that does not serve yet
Truncate(p,s) == LET k == LCP(log[s],log[p]) IN
                 /\ Hears(s,p) /\ k < Len(log[s]) /\ Mut # "noTruncate"
                 /\ s \in view[p].isr => recon[p] \/ Mut = "shortMainStays"
                 /\ log' = [log EXCEPT ![s] = SubSeq(@, 1, k)]
                 /\ dur' = [dur EXCEPT ![s] = Min(@, k)] /\ com' = [com EXCEPT ![s] = Min(@, k)]
                 /\ UNCHANGED <<cm, view, up, lease, recon, rel, join, pend, req, match, ackm, gave, acked, nextv, known, bak, hurt>>
Point(p) == IF Counts(p) THEN Min(Len(log[p]), match[p]) ELSE Len(log[p])
CommitTo(p,k) == /\ com' = [com EXCEPT ![p] = k] /\ dur' = [dur EXCEPT ![p] = k]
                 /\ acked' = acked \cup Vals(log[p], k)
Commit(p) == /\ IsMain(p) /\ recon[p] /\ Cardinality(view[p].isr) >= Copies
             /\ Point(p) > com[p] /\ CommitTo(p, Point(p))
             /\ UNCHANGED <<cm, view, up, log, lease, recon, rel, join, pend, req, match, ackm, gave, nextv, known, bak, hurt>>
\* a new main serves when its whole log is on all that count, up to its no-op
Reconcile(p) == /\ IsMain(p) /\ ~recon[p] /\ Point(p) = Len(log[p])
                /\ CommitTo(p, Len(log[p])) /\ recon' = [recon EXCEPT ![p] = TRUE]
                /\ UNCHANGED <<cm, view, up, log, lease, rel, join, pend, req, match, ackm, gave, nextv, known, bak, hurt>>
Renew(p,s) == /\ Hears(s,p) /\ s \notin lease[p] /\ lease' = [lease EXCEPT ![p] = {s}]
              /\ UNCHANGED <<cm, view, up, log, dur, com, recon, rel, join, pend, req, match, ackm, gave, acked, nextv, known, bak, hurt>>
Expire(p) == /\ lease[p] # {} /\ lease' = [lease EXCEPT ![p] = {}]
             /\ UNCHANGED <<cm, view, up, log, dur, com, recon, rel, join, pend, req, match, ackm, gave, acked, nextv, known, bak, hurt>>

\* ---- requests to the CM ----------------------------------------------------
Ask(n,k,prim,isr) == /\ pend' = [pend EXCEPT ![n] = k]
                     /\ req' = req \cup {[k |-> k, by |-> n, run |-> view[n].run[n], ep |-> view[n].ep,
                                          prim |-> prim, isr |-> isr, prun |-> view[n].run[Peer(n)]]}
\* silent, slow, or incomplete
Shrink(p) == /\ IsMain(p) /\ pend[p] \notin {"shrink", "yield"} /\ (Member(p) \/ join[p] = 2)
             /\ Ask(p, "shrink", p, {p})
             /\ UNCHANGED <<cm, view, up, log, dur, com, lease, recon, rel, join, match, ackm, gave, acked, nextv, known, bak, hurt>>
\* a learner counts, and its lease is needed, from before it is proposed; until then it may be dropped
Join(p,s) == /\ Follows(s,p) /\ recon[p] /\ ~rel[p] /\ ~Member(p) /\ pend[p] = "none" /\ join[p] = 0
             /\ s \in lease[p] /\ ackm[s].ep = view[p].ep
             /\ join' = [join EXCEPT ![p] = 1]
             /\ UNCHANGED <<cm, view, up, log, dur, com, lease, recon, rel, pend, req, match, ackm, gave, acked, nextv, known, bak, hurt>>
DropJoin(p) == /\ join[p] = 1 /\ join' = [join EXCEPT ![p] = 0]
               /\ UNCHANGED <<cm, view, up, log, dur, com, lease, recon, rel, pend, req, match, ackm, gave, acked, nextv, known, bak, hurt>>
Grow(p) == /\ IsMain(p) /\ join[p] = 1 /\ pend[p] = "none" /\ (Mut = "addBehind" \/ match[p] >= com[p])
           /\ join' = [join EXCEPT ![p] = 2] /\ Ask(p, "grow", p, Nodes)
           /\ UNCHANGED <<cm, view, up, log, dur, com, lease, recon, rel, match, ackm, gave, acked, nextv, known, bak, hurt>>
\* the log of an in-sync replica goes on where the one of a main that does not serve yet ends: the longer log leads
\* (the report of a log leaves when the log is on the disk)
Yield(p,s) == /\ Follows(s,p) /\ ~recon[p] /\ Member(p) /\ pend[p] # "yield" /\ Mut # "shortMainStays"
              /\ LCP(log[p],log[s]) < Len(log[s]) /\ com[p] <= LCP(log[p],log[s])
              /\ Ask(p, "yield", s, {s}) /\ dur' = [dur EXCEPT ![s] = Len(log[s])]
              /\ UNCHANGED <<cm, view, up, log, com, lease, recon, rel, join, match, ackm, gave, acked, nextv, known, bak, hurt>>
\* all is committed on both: the main serves no more in this epoch, and says so
Release(p) == /\ IsMain(p) /\ recon[p] /\ ~rel[p] /\ Member(p) /\ pend[p] = "none"
              /\ com[p] = Len(log[p]) /\ match[p] = Len(log[p])
              /\ rel' = [rel EXCEPT ![p] = TRUE]
              /\ UNCHANGED <<cm, view, up, log, dur, com, lease, recon, join, pend, req, match, ackm, gave, acked, nextv, known, bak, hurt>>
TakeReleased(s,p) == /\ Follows(s,p) /\ IsReplica(s) /\ ~gave[s] /\ dur[s] = Len(log[s]) /\ Len(log[s]) = Len(log[p])
                     /\ rel[p] \/ Mut = "noRelease"
                     /\ \E isr \in {{s}, Nodes} : Ask(s, "handover", s, isr)
                     /\ gave' = [gave EXCEPT ![s] = TRUE]
                     /\ UNCHANGED <<cm, view, up, log, dur, com, lease, recon, rel, join, match, ackm, acked, nextv, known, bak, hurt>>
\* the grace period is over, so the main's lease is: promise, then ask
Takeover(s) == /\ up[s] /\ ~IsMain(s) /\ (IsReplica(s) \/ Mut = "outsider") /\ ~gave[s]
               /\ Mut = "shortGrace" \/ s \notin lease[Peer(s)]
               /\ gave' = [gave EXCEPT ![s] = TRUE] /\ Ask(s, "takeover", s, {s})
               /\ UNCHANGED <<cm, view, up, log, dur, com, lease, recon, rel, join, match, ackm, acked, nextv, known, bak, hurt>>
Grant(r) == /\ r.ep = cm.ep /\ cm.ep < MaxEp
            /\ r.k # "yield" => \A n \in Nodes : r.isr = {n} => ~hurt[n]
            /\ r.run = cm.run[r.by] \/ Mut = "oldRunAsks"
            /\ r.prun = cm.run[Peer(r.by)] \/ (r.k = "yield" /\ Mut = "yieldToAnyRun") \/ r.k \notin {"grow", "yield"}
            /\ cm' = [cm EXCEPT !.ep = @ + 1, !.prim = r.prim, !.isr = r.isr]
            /\ req' = {} /\ hurt' = [n \in Nodes |-> hurt[n] /\ n \in r.isr]
            /\ UNCHANGED <<view, up, log, dur, com, lease, recon, rel, join, pend, match, ackm, gave, acked, nextv, known, bak>>

\* ---- roles -----------------------------------------------------------------
Adopt(n) == LET same == view[n].run[Peer(n)] = cm.run[Peer(n)] IN
            /\ up[n] /\ view[n] # cm /\ view' = [view EXCEPT ![n] = cm]
            /\ recon' = [recon EXCEPT ![n] = cm.prim = n /\ (Mut = "noReconcile" \/ (@ /\ cm.ep <= view[n].ep + 1))]
            /\ lease' = [lease EXCEPT ![n] = IF same /\ cm.prim = n THEN @ ELSE {}]
            /\ match' = [match EXCEPT ![n] = IF Mut = "matchKept" THEN @ ELSE 0]
            /\ rel' = [rel EXCEPT ![n] = FALSE] /\ join' = [join EXCEPT ![n] = 0] /\ pend' = [pend EXCEPT ![n] = "none"]
            /\ gave' = [gave EXCEPT ![n] = FALSE]
            /\ log' = [log EXCEPT ![n] = IF cm.prim = n /\ ~recon'[n] THEN Append(@, NoOp(cm.ep)) ELSE @]
            /\ ackm' = IF ackm[Peer(n)].ep = cm.ep THEN ackm ELSE [ackm EXCEPT ![Peer(n)] = NoAck]
            /\ UNCHANGED <<cm, up, dur, com, req, acked, nextv, known, bak, hurt>>
Crash(n) == /\ up[n] /\ up' = [up EXCEPT ![n] = FALSE] /\ view' = [view EXCEPT ![n] = Nobody]
            /\ \E k \in dur[n]..Len(log[n]) : log' = [log EXCEPT ![n] = SubSeq(@, 1, k)] /\ dur' = [dur EXCEPT ![n] = k]
            /\ ackm' = [ackm EXCEPT ![Peer(n)] = NoAck]
            /\ lease' = [lease EXCEPT ![n] = {}] /\ recon' = [recon EXCEPT ![n] = FALSE] /\ rel' = [rel EXCEPT ![n] = FALSE]
            /\ join' = [join EXCEPT ![n] = 0] /\ pend' = [pend EXCEPT ![n] = "none"] /\ match' = [match EXCEPT ![n] = 0]
            /\ gave' = [gave EXCEPT ![n] = FALSE]
            /\ UNCHANGED <<cm, com, req, acked, nextv, known, bak, hurt>>
\* a new run; that of the main raises the epoch. An in-sync folder that does not remember the newest run is refused.
Register(n) == /\ ~up[n] /\ cm.run[n] < MaxRun /\ (known[n] = cm.run[n] \/ n \notin cm.isr \/ Mut = "oldFolder")
               /\ LET newEpoch == cm.prim = n /\ Mut # "restartKeepsEpoch" IN
                  /\ newEpoch => cm.ep < MaxEp
                  /\ cm' = [cm EXCEPT !.run[n] = @ + 1, !.ep = IF newEpoch THEN @ + 1 ELSE @]
                  /\ req' = IF newEpoch THEN {} ELSE {r \in req : r.by # n \/ Mut = "oldRunAsks"}
               /\ up' = [up EXCEPT ![n] = TRUE] /\ view' = [view EXCEPT ![n] = cm'] /\ known' = [known EXCEPT ![n] = cm'.run[n]]
               /\ log' = [log EXCEPT ![n] = IF cm.prim = n THEN Append(@, NoOp(cm'.ep)) ELSE @]
               /\ hurt' = [hurt EXCEPT ![n] = @ /\ n \in cm.isr]   \* a learner counts when it has everything
               /\ UNCHANGED <<dur, com, lease, recon, rel, join, pend, match, ackm, gave, acked, nextv, bak>>

\* ---- old disks ---------------------------------------------------------------
Backup(n) == /\ up[n] /\ Cardinality({m \in Nodes : bak[m].run > 0}) < MaxBak /\ bak[n].run = 0
             /\ bak' = [bak EXCEPT ![n] = [run |-> known[n], log |-> SubSeq(log[n], 1, dur[n]), com |-> com[n]]]
             /\ UNCHANGED <<cm, view, up, log, dur, com, lease, recon, rel, join, pend, req, match, ackm, gave, acked, nextv, known, hurt>>
\* not of the only copy
PutBack(n) == /\ ~up[n] /\ bak[n].run > 0 /\ cm.isr # {n}
              /\ log' = [log EXCEPT ![n] = bak[n].log] /\ dur' = [dur EXCEPT ![n] = Len(bak[n].log)]
              /\ com' = [com EXCEPT ![n] = bak[n].com] /\ known' = [known EXCEPT ![n] = bak[n].run]
              /\ hurt' = [hurt EXCEPT ![n] = bak[n].run = cm.run[n]]
              /\ bak' = [bak EXCEPT ![n].log = <<>>, ![n].com = 0, ![n].run = MaxRun + 1]
              /\ UNCHANGED <<cm, view, up, lease, recon, rel, join, pend, req, match, ackm, gave, acked, nextv>>

Next == \/ \E n \in Nodes : \/ Write(n) \/ Commit(n) \/ Reconcile(n) \/ Expire(n)
                            \/ Shrink(n) \/ DropJoin(n) \/ Grow(n) \/ Release(n) \/ Takeover(n)
                            \/ Adopt(n) \/ Crash(n) \/ Register(n) \/ Backup(n) \/ PutBack(n)
        \/ \E p \in Nodes : LET s == Peer(p) IN
             Prepare(p,s) \/ Ack(p,s) \/ RecvAck(p,s) \/ Truncate(p,s) \/ Renew(p,s)
               \/ Join(p,s) \/ Yield(p,s) \/ TakeReleased(s,p)
        \/ \E r \in req : Grant(r)
Spec == Init /\ [][Next]_vars

\* ---- properties ----------------------------------------------------------------
\* every acknowledged write is in the log of every server that may be made main
NoLostAck == \A m \in cm.isr : hurt[m] \/ known[m] # cm.run[m] \/ acked \subseteq Vals(log[m], Len(log[m]))
\* I3 and the promise of reads: who serves has every acknowledged write
FreshRead == \A n \in Nodes : Serves(n) => acked \subseteq Vals(log[n], com[n])
\* I2
OneMain == Cardinality({n \in Nodes : Serves(n)}) <= 1
\* I1: committed prefixes never disagree
Agree == \A n,m \in Nodes : \A i \in 1..Min(com[n],com[m]) : log[n][i] = log[m][i]
\* I5: the same epoch and index is the same entry with the same prefix
LogMatching == \A n,m \in Nodes : \A i \in 1..Min(Len(log[n]),Len(log[m])) :
                 log[n][i].ep = log[m][i].ep => \A j \in 1..i : log[n][j] = log[m][j]
\* a constraint: the histories in which a main yields, and only the replica's disk is put back
OnlyYield == (\A r \in req : r.k = "yield") /\ (\A n \in Nodes : lease[n] = {} /\ ~rel[n]) /\ bak[First].run = 0
=============================================================================
