------------------------------- MODULE Replication -------------------------------
(* Primary-backup group with an external configuration manager (CM).        *)
(* Mut = "none" is the protocol of docs/PROTOCOL.md; every              *)
(* other value switches ONE rule off, TLC must then find a violation.       *)
(*                                                                          *)
(* As built: ELR = FALSE; MinISR = 1 is mode InSync, MinISR = 2 is Strict.  *)
(* A lone member needs no lease then: nobody outside the in-sync set is     *)
(* ever promoted (NodeConfigurations).  The model knows less than the code: *)
(* a planned hand-over, mode Relaxed, snapshots (here a learner's log comes *)
(* entry by entry), and the new epoch of a main that starts again are in    *)
(* the simulator only.  The published runs had the CM as lessor of a lone   *)
(* member in every configuration, which allows less; they have not been     *)
(* repeated since.                                                          *)
EXTENDS Naturals, Sequences, FiniteSets
CONSTANTS Nodes, A, B, CM, MaxLog, MaxEp, MinISR, ELR, Mut
VARIABLES cm, view, log, com, role, lease, recon, pend, match, ackm, gave, acked, nextv
vars == <<cm,view,log,com,role,lease,recon,pend,match,ackm,gave,acked,nextv>>

Min(S) == CHOOSE x \in S : \A y \in S : x <= y
Max(x,y) == IF x > y THEN x ELSE y
NoPend == {"none"}
IsPrefix(s,t) == Len(s) <= Len(t) /\ \A i \in 1..Len(s) : s[i] = t[i]
LCP(s,t) == LET K == {k \in 0..Len(s) : k <= Len(t) /\ \A i \in 1..k : s[i] = t[i]}
            IN CHOOSE k \in K : \A j \in K : j <= k
Vals(s,k) == {s[i].v : i \in 1..k}

Init == /\ cm = [ep |-> 1, prim |-> A, isr |-> {A,B}, elr |-> {}, base |-> 0, start |-> 1]
        /\ view = [n \in Nodes |-> cm]
        /\ log = [n \in Nodes |-> <<>>]
        /\ com = [n \in Nodes |-> 0]
        /\ role = [n \in Nodes |-> IF n = A THEN "prim" ELSE IF n = B THEN "sec" ELSE "learner"]
        /\ lease = [n \in Nodes |-> {}]   \* the lessors whose lease n holds; CM is the lessor of a lone member
        /\ recon = [n \in Nodes |-> n = A]
        /\ pend = [n \in Nodes |-> NoPend]
        /\ match = [n \in Nodes |-> [m \in Nodes |-> 0]]
        /\ ackm = [n \in Nodes |-> [m \in Nodes |-> [ep |-> 0, i |-> 0]]]
        /\ gave = [n \in Nodes |-> FALSE]
        /\ acked = {} /\ nextv = 1

\* the set whose acks a commit needs: every ISR the CM might hold right now
Eff(p) == IF pend[p] = NoPend THEN view[p].isr
          ELSE IF pend[p] \subseteq view[p].isr                       \* a removal is pending
               THEN IF Mut = "shrinkEarly" THEN pend[p] ELSE view[p].isr
               ELSE IF Mut = "growLate" THEN view[p].isr ELSE pend[p] \* an addition is pending
IsP(p) == role[p] = "prim"

Write(p) == /\ IsP(p) /\ recon[p] /\ Len(log[p]) < MaxLog /\ nextv <= MaxLog + 1
            /\ Cardinality(view[p].isr) >= MinISR
            /\ log' = [log EXCEPT ![p] = Append(@, [v |-> nextv, ep |-> view[p].ep])]
            /\ nextv' = nextv + 1
            /\ UNCHANGED <<cm,view,com,role,lease,recon,pend,match,ackm,gave,acked>>

Follows(s,p) == /\ s # p /\ IsP(p) /\ role[s] \in {"sec","learner"} /\ (Mut = "noPromise" \/ ~gave[s])
                /\ \/ view[s].ep = view[p].ep
                   \/ Mut = "staleEpoch" /\ view[s].ep >= view[p].ep
\* prepare n+1 reaches s and is durable there; s sends (or loses) an ack
Prepare(p,s) == /\ Follows(s,p) /\ Len(log[s]) < Len(log[p])
                /\ (Mut = "noTruncate" \/ IsPrefix(log[s], log[p]))
                /\ log' = [log EXCEPT ![s] = Append(@, log[p][Len(log[s])+1])]
                /\ ackm' = [ackm EXCEPT ![s][p] = [ep |-> view[p].ep, i |-> Len(log[s])+1]]
                /\ UNCHANGED <<cm,view,com,role,lease,recon,pend,match,gave,acked,nextv>>
\* s tells p how far its (matching) log is durable, without a new entry
AckNow(p,s) == /\ Follows(s,p) /\ (Mut = "noTruncate" \/ IsPrefix(log[s], log[p])) /\ Len(log[s]) <= Len(log[p])
               /\ ackm[s][p] # [ep |-> view[p].ep, i |-> Len(log[s])]
               /\ ackm' = [ackm EXCEPT ![s][p] = [ep |-> view[p].ep, i |-> Len(log[s])]]
               /\ UNCHANGED <<cm,view,log,com,role,lease,recon,pend,match,gave,acked,nextv>>
RecvAck(p,s) == /\ IsP(p) /\ ackm[s][p].ep = view[p].ep /\ ackm[s][p].i > match[p][s]
                /\ match' = [match EXCEPT ![p][s] = ackm[s][p].i]
                /\ UNCHANGED <<cm,view,log,com,role,lease,recon,pend,ackm,gave,acked,nextv>>
Truncate(p,s) == /\ Follows(s,p) /\ view[s].ep = view[p].ep /\ ~IsPrefix(log[s],log[p])
                 /\ Mut # "noTruncate"
                 /\ log' = [log EXCEPT ![s] = SubSeq(@, 1, LCP(log[s],log[p]))]
                 /\ com' = [com EXCEPT ![s] = Min({@, LCP(log[s],log[p])})]
                 /\ UNCHANGED <<cm,view,role,lease,recon,pend,match,ackm,gave,acked,nextv>>
Point(p) == Min({Len(log[p])} \cup {match[p][m] : m \in Eff(p) \ {p}})
Commit(p) == /\ IsP(p) /\ recon[p] /\ Cardinality(view[p].isr) >= MinISR
             /\ Point(p) > com[p]
             /\ com' = [com EXCEPT ![p] = Point(p)]
             /\ acked' = acked \cup Vals(log[p], Point(p))
             /\ UNCHANGED <<cm,view,log,role,lease,recon,pend,match,ackm,gave,nextv>>
LearnCommit(p,s) == /\ Follows(s,p) /\ view[s].ep = view[p].ep /\ IsPrefix(log[s],log[p])
                    /\ Min({com[p],Len(log[s])}) > com[s]
                    /\ com' = [com EXCEPT ![s] = Min({com[p],Len(log[s])})]
                    /\ UNCHANGED <<cm,view,log,role,lease,recon,pend,match,ackm,gave,acked,nextv>>

\* ---- configuration manager: one compare-and-set on the epoch -------------
Set(c) == cm' = [c EXCEPT !.ep = cm.ep + 1]
ProposeRemove(p,s) == /\ IsP(p) /\ pend[p] = NoPend /\ s \in view[p].isr \ {p} /\ cm.ep < MaxEp
                      /\ pend' = [pend EXCEPT ![p] = view[p].isr \ {s}]
                      /\ UNCHANGED <<cm,view,log,com,role,lease,recon,match,ackm,gave,acked,nextv>>
ProposeAdd(p,l) == /\ IsP(p) /\ recon[p] /\ pend[p] = NoPend /\ l \notin view[p].isr /\ cm.ep < MaxEp
                   /\ role[l] = "learner" /\ view[l].ep = view[p].ep
                   /\ Mut = "addBehind" \/ (match[p][l] >= com[p] /\ ackm[l][p].ep = view[p].ep)
                   /\ pend' = [pend EXCEPT ![p] = view[p].isr \cup {l}]
                   /\ UNCHANGED <<cm,view,log,com,role,lease,recon,match,ackm,gave,acked,nextv>>
CMAccept(p) == /\ IsP(p) /\ pend[p] # NoPend /\ view[p].ep = cm.ep /\ cm.prim = p
               /\ LET isr2 == pend[p]
                      elr2 == IF ~ELR \/ Cardinality(isr2) >= MinISR THEN {} ELSE (cm.isr \cup cm.elr) \ isr2
                  IN Set([cm EXCEPT !.isr = isr2, !.elr = elr2])
               /\ UNCHANGED <<view,log,com,role,lease,recon,pend,match,ackm,gave,acked,nextv>>
\* a secondary whose grace period is over asks to become primary.  The guard is
\* what "grace >= lease*(1+rho)/(1-rho)" buys: the old primary's lease is over.
Takeover(s) == /\ role[s] = "sec" /\ s \in view[s].isr /\ view[s].ep = cm.ep /\ cm.ep < MaxEp
               /\ Mut = "shortGrace" \/ s \notin lease[view[s].prim]
               /\ LET isr2 == view[s].isr \ {view[s].prim}
                  IN Set([cm EXCEPT !.prim = s, !.isr = isr2, !.base = Len(log[s]), !.start = cm.ep + 1,
                       !.elr = IF ELR /\ Cardinality(isr2) < MinISR THEN {view[s].prim} \cup cm.elr ELSE {}])
               /\ gave' = [gave EXCEPT ![s] = TRUE]
               /\ UNCHANGED <<view,log,com,role,lease,recon,pend,match,ackm,acked,nextv>>
\* strict mode: the CM promotes an eligible ex-member of a group below MinISR
\* what l may keep: entries up to the log end with which the current reign began,
\* and later entries only if written in that reign (epoch-start offsets, cf. Kafka KIP-101/279)
Keep(l) == LET K == {k \in 0..Len(log[l]) : \A i \in 1..k : i <= cm.base \/ log[l][i].ep >= cm.start}
           IN CHOOSE k \in K : \A x \in K : x <= k
PromoteELR(l) == /\ ELR /\ Mut # "unclean" /\ l \in cm.elr /\ Cardinality(cm.isr) < MinISR /\ cm.ep < MaxEp
                 /\ Mut = "soloNoLease" \/ (CM \notin lease[cm.prim] /\ l \notin lease[cm.prim])
                 /\ role[l] = "learner" /\ view[l] = cm
                 /\ LET k == IF Mut = "noBase" THEN Len(log[l]) ELSE Keep(l)
                    IN /\ k >= cm.base
                       /\ Set([cm EXCEPT !.prim = l, !.isr = {l}, !.elr = (cm.elr \cup cm.isr) \ {l},
                               !.base = k, !.start = cm.ep + 1])
                 /\ gave' = [gave EXCEPT ![l] = TRUE]
                 /\ UNCHANGED <<view,log,com,role,lease,recon,pend,match,ackm,acked,nextv>>
Unclean(l) == /\ Mut = "unclean" /\ l \notin cm.isr /\ cm.ep < MaxEp /\ role[cm.prim] = "down"
              /\ Set([cm EXCEPT !.prim = l, !.isr = {l}, !.elr = {}, !.base = Len(log[l])])
              /\ UNCHANGED <<view,log,com,role,lease,recon,pend,match,ackm,gave,acked,nextv>>

\* n learns the configuration (also after a restart)
Adopt(n) == /\ view[n] # cm \/ role[n] = "down"
            /\ view' = [view EXCEPT ![n] = cm]
            /\ role' = [role EXCEPT ![n] = IF n = cm.prim THEN "prim" ELSE IF n \in cm.isr THEN "sec" ELSE "learner"]
            /\ lease' = [lease EXCEPT ![n] = {}]
            /\ recon' = [recon EXCEPT ![n] = (n = cm.prim) /\ (Mut = "noReconcile" \/ (role[n] = "prim" /\ recon[n]))]
            /\ pend' = [pend EXCEPT ![n] = NoPend]
            /\ match' = [match EXCEPT ![n] = [m \in Nodes |-> 0]]
            /\ gave' = [gave EXCEPT ![n] = FALSE]
            /\ log' = [log EXCEPT ![n] = IF ELR /\ n = cm.prim /\ view[n].start # cm.start /\ Mut # "noBase" THEN SubSeq(@,1,Min({Len(@), cm.base})) ELSE @]
            /\ com' = [com EXCEPT ![n] = Min({@, Len(log'[n])})]
            /\ UNCHANGED <<cm,ackm,acked,nextv>>
\* new primary: everything prepared is re-prepared on the whole ISR, then committed
Reconcile(p) == /\ IsP(p) /\ ~recon[p]
                /\ ~ELR \/ Mut = "soloExpose" \/ Cardinality(view[p].isr) >= MinISR \/ Len(log[p]) = view[p].base
                /\ \A m \in Eff(p) \ {p} : match[p][m] >= Len(log[p])
                /\ com' = [com EXCEPT ![p] = Len(log[p])]
                /\ recon' = [recon EXCEPT ![p] = TRUE]
                /\ acked' = acked \cup Vals(log[p], Len(log[p]))
                /\ UNCHANGED <<cm,view,log,role,lease,pend,match,ackm,gave,nextv>>
\* lease: from every other ISR member; with ELR a lone member's lessor is the CM
Lessors(p) == LET E == Eff(p) \ {p} IN IF E = {} /\ ELR THEN {CM} ELSE E
Renew(p,m) == /\ IsP(p) /\ m \in Lessors(p) /\ m \notin lease[p]
              /\ IF m = CM THEN cm.ep = view[p].ep
                 ELSE role[m] \in {"sec","learner"} /\ view[m].ep = view[p].ep /\ ~gave[m]
              /\ lease' = [lease EXCEPT ![p] = @ \cup {m}]
              /\ UNCHANGED <<cm,view,log,com,role,recon,pend,match,ackm,gave,acked,nextv>>
Expire(p,m) == /\ m \in lease[p] /\ lease' = [lease EXCEPT ![p] = @ \ {m}]
               /\ UNCHANGED <<cm,view,log,com,role,recon,pend,match,ackm,gave,acked,nextv>>
Crash(n) == /\ role[n] # "down"
            /\ role' = [role EXCEPT ![n] = "down"] /\ lease' = [lease EXCEPT ![n] = {}]
            /\ recon' = [recon EXCEPT ![n] = FALSE] /\ pend' = [pend EXCEPT ![n] = NoPend]
            /\ match' = [match EXCEPT ![n] = [m \in Nodes |-> 0]]
            /\ gave' = [gave EXCEPT ![n] = FALSE]
            /\ IF Mut = "ackBeforeSync" /\ Len(log[n]) > 0
               THEN /\ log' = [log EXCEPT ![n] = SubSeq(@,1,Len(@)-1)] /\ com' = [com EXCEPT ![n] = Min({@, Len(log[n])-1})]
               ELSE UNCHANGED <<log,com>>
            /\ UNCHANGED <<cm,view,ackm,acked,nextv>>

Next == \/ \E p \in Nodes : Write(p) \/ Commit(p) \/ CMAccept(p) \/ Reconcile(p)
                            \/ Crash(p) \/ Adopt(p) \/ Takeover(p) \/ PromoteELR(p) \/ Unclean(p)
        \/ \E p \in Nodes : \E m \in Nodes \cup {CM} : Renew(p,m) \/ Expire(p,m)
        \/ \E p,s \in Nodes : p # s /\ (Prepare(p,s) \/ AckNow(p,s) \/ RecvAck(p,s) \/ Truncate(p,s)
                            \/ LearnCommit(p,s) \/ ProposeRemove(p,s) \/ ProposeAdd(p,s))
Spec == Init /\ [][Next]_vars

Held(n) == IF Mut = "joinNoLease" /\ pend[n] # NoPend THEN (IF view[n].isr = {n} THEN TRUE ELSE view[n].isr \ {n} \subseteq lease[n])
           ELSE Lessors(n) \subseteq lease[n]
Serves(n) == IsP(n) /\ recon[n] /\ Held(n)
\* S1 every acknowledged write is in the log of every member the CM could make primary
NoLostAck == \A m \in cm.isr \cup (IF ELR THEN cm.elr ELSE {}) : acked \subseteq Vals(log[m], Len(log[m]))
\* S2 a lease read sees every acknowledged write
FreshRead == \A n \in Nodes : Serves(n) => acked \subseteq Vals(log[n], com[n])
\* S3 one serving primary
OnePrimary == Cardinality({n \in Nodes : Serves(n)}) <= 1
\* S4 committed prefixes never disagree
Agree == \A n,m \in Nodes : \A i \in 1..Min({com[n],com[m]}) : log[n][i] = log[m][i]
=============================================================================
