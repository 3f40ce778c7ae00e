-------------------------- MODULE TopologyRegister --------------------------
\* Where the code (KvCluster.Core/Register) and this model part. (1) One-round-trip writes (OneTrip) are not built. (2) Two attempts of one request may
\* carry different documents; here a document is its requests' ids, so they are the same one. That who asked adopts and tells of the decided one, not
\* of its own, is in the simulation (planted mistake AdoptOwnDocument), and so is what an abandoned attempt may say of itself (ForgetEarlierAttempt).
\* (3) Lineages: a restored register is another one, to which the old one's messages are strangers.
\* A blank voter w of generation g may be given, at ballot 0, any document D that is decided in g, not only the closing value C with which g began:
\* Learns = TRUE has that, and the property Starts, not OneStart. Why nothing changes by it, for D # C:
\* - D was decided at some ballot b > 0 by a majority M before anybody sent Initialise(D); w is not in M, being blank when it got D (a voter that
\*   holds anything of g changes nothing on Initialise). So no majority ever consists of voters that hold ballot 0 after D was decided.
\* - A prepare at c > b that counts w also counts a member of M, which promised c after it had voted at b: the highest accepted ballot found is
\*   at least b, so w's copy is not chosen. (c = b is the decided round itself, whose Accept had left.)
\* - A prepare at c < b may find (0, C) at one voter and (0, D) at w and choose either. Its Accept leaves after w's promise, so after D was decided,
\*   so after a majority R had promised b; every majority of votes for c needs a member of R, which refuses: c decides nothing, and nothing is
\*   answered from it (R6).
\* - A query may count (0, C), shown before D was decided, and (0, D), shown after, as one ballot, and answer with C or D. Both are decided; the
\*   query began before D was, so C is fresh enough.
(* The embedded topology register: a compare-and-set register of one document *)
(* (CASPaxos) whose voters change by CLOSING generation g with a last value   *)
(* "moved to voters V', with this document"; anyone then initialises          *)
(* generation g+1 on V' with it, and users of generation g follow the pointer.*)
(*                                                                            *)
(* A document is the sequence of the request ids that made it: its version is *)
(* its length. A request in Closes is a change of the voters, and the document*)
(* it makes belongs to the next generation; decided in the register of        *)
(* generation g, a document of generation g+1 is the closing value of g.      *)
(*                                                                            *)
(* Acc      identities that can be voters (a wiped voter returns as another)  *)
(* Prop     proposers, 1..n: any server; ballot b belongs to proposer b % n   *)
(*          (stands for the pair (counter, proposer id), ordered like it)     *)
(* Writes   request ids of ordinary compare-and-sets                          *)
(* Closes   those of voter changes: "c2" moves to V2, "c3" to V3 (V1: first)  *)
(* Reads    subset of {"read","fast"}: full round / one query, no promise     *)
(* B1, B2   number of ballots in generation 1 / in each later one             *)
(* MaxGen   last generation; Window: how many versions' request ids are kept  *)
(* Retire   acceptors drop closed generations; Leaves: servers that may leave *)
(*          (or never come up); OneTrip: promise the next ballot with a vote  *)
(* Learns   proposers are told of decided documents, and begin voters with them *)
(* Mut      "none", or the name of the ONE rule that is switched off          *)
(*                                                                            *)
(* Messages are never consumed, so they may be lost, doubled and reordered. A *)
(* crash of an acceptor that answers after its fsync changes nothing, and a   *)
(* proposer may give up anywhere (outcome unknown): neither needs an action.  *)
(* Safety: Spec, SYMMETRY Sym, CHECK_DEADLOCK FALSE. Liveness: LiveSpec, Live.*)
EXTENDS Integers, Sequences, FiniteSets, TLC
CONSTANTS Acc, Prop, Writes, Closes, Reads, V1, V2, V3, B1, B2, MaxGen, Window,
          Retire, Leaves, OneTrip, Learns, Mut
VARIABLES acc,    \* acc[a][g]: promised ballot p, accepted ballot b (-1: not initialised, -2: retired), value v
          disk,   \* what a crash leaves of it; equal to acc unless a mutant answers early
          msgs,   \* "2a" (accept), "2b" (accepted), "init" (initialise)
          cur,    \* cur[p]: the attempt that proposer p runs; ph 0 idle, 1 prepare, 2 accept, 3 done, 4 query
          base,   \* base[p]: a decided document of the newest generation known to p, at first the one with which that began
          used,   \* ballots used so far: a proposer never uses one twice
          exp,    \* exp[r]: the version that request r expects, -1 = not sent yet
          ans,    \* ans[r]: the answer given to the client: "none" (unknown), "ok", "conflict"
          out,    \* servers that have left or are wiped: they never speak again
          dec,    \* history: everything decided, [g, b, v]
          fresh   \* history: no answer was older than what was decided before its request began
vars == <<acc, disk, msgs, cur, base, used, exp, ans, out, dec, fresh>>
Gens == 1..MaxGen
Reqs == Writes \cup Closes
Prefix(s,t) == Len(s) <= Len(t) /\ SubSeq(t,1,Len(s)) = s
Max(S) == CHOOSE x \in S : \A y \in S : y <= x
Has(d,r) == \E i \in 1..Len(d) : d[i] = r
CloseIx(d) == {i \in 1..Len(d) : d[i] \in Closes}
Gen(d) == 1 + Cardinality(CloseIx(d))
Target(c) == IF c = "c2" THEN V2 ELSE V3
Voters(d) == IF CloseIx(d) = {} THEN V1 ELSE Target(d[Max(CloseIx(d))])
VotersIn(d,g) == IF Gen(d) <= g THEN Voters(d)        \* voters of the register g that d was written to
                 ELSE Voters(SubSeq(d, 1, Max(CloseIx(d)) - 1))
Majority(Q,V) == 2 * Cardinality(Q \cap V) > Cardinality(V)
IsQ(Q,V,g) == IF Mut = "oldQuorum" /\ g > 1 THEN Q \subseteq V /\ 2 * Cardinality(Q) > Cardinality(V1)
              ELSE Majority(Q,V)
Blank == [p |-> 0, b |-> -1, v |-> <<>>]
Idle == [ph |-> 0, g |-> 0, b |-> 0, r |-> "none", fl |-> 0, v |-> <<>>, got |-> {}]
Init == /\ acc = [a \in Acc |-> [g \in Gens |-> IF g = 1 /\ a \in V1 THEN [Blank EXCEPT !.b = 0] ELSE Blank]]
        /\ disk = acc /\ msgs = {[t |-> "init", g |-> 1, v |-> <<>>]}
        /\ cur = [p \in Prop |-> Idle] /\ base = [p \in Prop |-> <<>>] /\ used = {}
        /\ exp = [r \in Reqs |-> -1] /\ ans = [r \in Reqs |-> "none"]
        /\ out = {} /\ dec = {[g |-> 1, b |-> 0, v |-> <<>>]} /\ fresh = TRUE
SetAcc(a,g,x) == /\ acc' = [acc EXCEPT ![a][g] = x]
                 /\ disk' = IF Mut = "ackBeforeSync" THEN disk ELSE acc'
Newest == Max({Len(x.v) : x \in dec})

\* ---- proposer ------------------------------------------------------------
Own(p,g) == {b \in 1..(IF g = 1 THEN B1 ELSE B2) : b % Cardinality(Prop) = p % Cardinality(Prop)}
Free(p,g) == IF Mut = "ballotReuse" THEN Own(p,g)
             ELSE {b \in Own(p,g) : \A c \in Own(p,g) : <<g,c>> \in used => c < b}
\* a request starts or is repeated; an accept that p has sent has an unknown outcome
\* (an attempt given up before its accept is like one that never began)
Start(p,r,b,got) ==
    LET g == Gen(base[p]) IN
    /\ cur[p].ph \in {0, 2, 3}
    /\ IF r \in Reqs THEN ans[r] = "none" ELSE r \in Reads
    /\ r \in Closes => g < MaxGen
    /\ used' = used \cup {<<g,b>>}
    /\ cur' = [cur EXCEPT ![p] = [Idle EXCEPT !.ph = 1, !.g = g, !.b = b, !.r = r, !.fl = Newest, !.got = got]]
    /\ IF r \in Reqs /\ exp[r] = -1 THEN \E x \in dec : exp' = [exp EXCEPT ![r] = Len(x.v)] ELSE exp' = exp
    /\ UNCHANGED <<acc, disk, msgs, base, ans, out, dec, fresh>>
Begin(p,r) == r # "fast" /\ \E b \in Free(p, Gen(base[p])) : Start(p,r,b,{})
Answered(p) == {m.a : m \in {n \in msgs : n.t = "2b" /\ n.g = cur[p].g /\ n.b = cur[p].b /\ n.v = cur[p].v}}
\* one round trip: the votes for b were promises for p's next ballot too
BeginOneTrip(p,r) == /\ OneTrip # "off" /\ cur[p].ph = 3 /\ r # "fast"
                     /\ LET b == cur[p].b + Cardinality(Prop) IN b \in Free(p, cur[p].g)
                        /\ Start(p, r, b, {[a |-> a, b |-> cur[p].b, v |-> cur[p].v] : a \in Answered(p)})
Promise(p,a) == LET c == cur[p]  s == acc[a][c.g] IN
    /\ c.ph = 1 /\ a \in Voters(base[p]) \ out /\ s.b >= 0 /\ c.b >= s.p /\ \A e \in c.got : e.a # a
    /\ ~IsQ({e.a : e \in c.got}, Voters(base[p]), c.g)   \* a promise beyond the majority is like a lost one
    /\ SetAcc(a, c.g, [s EXCEPT !.p = c.b])
    /\ cur' = [cur EXCEPT ![p].got = @ \cup {[a |-> a, b |-> s.b, v |-> s.v]}]
    /\ UNCHANGED <<msgs, base, used, exp, ans, out, dec, fresh>>
\* the answer that a decided document v gives to request r
Verdict(r,v) == IF exp[r] + 1 > Len(v) THEN "none"
                ELSE IF exp[r] + 1 > Len(v) - Window THEN (IF v[exp[r]+1] = r THEN "ok" ELSE "conflict")
                ELSE IF Mut = "guessConflict" THEN "conflict" ELSE "none"
\* what an attempt for r proposes after it found document f in register g
Next1(r,f,g) == IF r \notin Reqs THEN f
                ELSE IF Mut = "checkBefore" THEN Append((CHOOSE x \in dec : Len(x.v) = exp[r]).v, r)
                ELSE IF Gen(f) > g /\ Mut # "closeNotTerminal" THEN f   \* closing value: only itself
                ELSE IF Len(f) = exp[r] THEN Append(f, r) ELSE f        \* refused or repeated: only itself
ReadyOk(r) == r \notin Closes \/ Mut = "closeUnready" \/ Target(r) \cap out = {}
Moved(p,v) == IF Mut = "noCarry" THEN Append(base[p], v[Max(CloseIx(v))]) ELSE v
GoTo(p,d) == base' = [base EXCEPT ![p] = d] /\ msgs' = msgs \cup {[t |-> "init", g |-> Gen(d), v |-> d]}
Propose(p) == LET c == cur[p] IN
    /\ c.ph = 1 /\ IsQ({e.a : e \in c.got}, Voters(base[p]), c.g)
    /\ \E h \in c.got :
         LET f == h.v  w == Next1(c.r, f, c.g)
             v == IF w = f \/ Gen(w) = c.g \/ ReadyOk(c.r) THEN w ELSE f IN   \* not all ready: the ballot is used up for what was found
         /\ Mut = "notHighest" \/ \A k \in c.got : k.b <= h.b
         /\ IF Mut = "answerEarly" /\ v = f /\ c.r \in Reqs /\ Gen(f) = c.g
            THEN ans' = [ans EXCEPT ![c.r] = IF @ = "none" THEN Verdict(c.r, f) ELSE @]
                 /\ cur' = [cur EXCEPT ![p] = Idle] /\ UNCHANGED <<msgs, base>>
            ELSE IF Mut = "initUndecided" /\ Gen(v) > c.g
            THEN cur' = [cur EXCEPT ![p] = Idle] /\ GoTo(p,v) /\ ans' = ans
            ELSE /\ msgs' = msgs \cup {[t |-> "2a", g |-> c.g, b |-> c.b, v |-> v]}
                 /\ cur' = [cur EXCEPT ![p].ph = 2, ![p].v = v, ![p].got = {}]
                 /\ UNCHANGED <<base, ans>>
    /\ UNCHANGED <<acc, disk, used, exp, out, dec, fresh>>
\* value v is known as decided in generation g: answer, or follow the pointer
Conclude(p,v) == LET c == cur[p]  moved == Gen(v) > c.g  IN
    /\ ans' = IF c.r \in Reqs THEN [ans EXCEPT ![c.r] = IF @ = "none" THEN Verdict(c.r, v) ELSE @] ELSE ans
    /\ fresh' = (fresh /\ ((moved /\ Mut # "readClosed") \/ (Len(v) >= c.fl /\ \E x \in dec : x.v = v)))
    /\ IF moved THEN GoTo(p, Moved(p,v)) /\ cur' = [cur EXCEPT ![p] = Idle]
       ELSE /\ cur' = [cur EXCEPT ![p] = IF OneTrip # "off" /\ c.ph = 2 THEN [c EXCEPT !.ph = 3] ELSE Idle]
            /\ UNCHANGED <<base, msgs>>
    /\ UNCHANGED <<acc, disk, used, exp, out, dec>>
Done(p) == cur[p].ph = 2 /\ IsQ(Answered(p), Voters(base[p]), cur[p].g) /\ Conclude(p, cur[p].v)
\* a TopologyUpdate: of what is decided a proposer believes the newest, follows it, and gives it to voters that are blank
Learn(p) == /\ Learns
            /\ \E x \in dec : /\ Gen(x.v) >= Gen(base[p]) /\ Len(x.v) > Len(base[p]) /\ GoTo(p, x.v)
                 /\ cur' = IF Gen(x.v) = Gen(base[p]) THEN cur ELSE [cur EXCEPT ![p] = Idle]
            /\ UNCHANGED <<acc, disk, used, exp, ans, out, dec, fresh>>
\* one query, nothing written: enough if a majority shows the same accepted ballot
BeginFast(p) == /\ "fast" \in Reads /\ cur[p].ph \in {0,2,3}
                /\ cur' = [cur EXCEPT ![p] = [Idle EXCEPT !.ph = 4, !.g = Gen(base[p]), !.r = "fast", !.fl = Newest]]
                /\ UNCHANGED <<acc, disk, msgs, base, used, exp, ans, out, dec, fresh>>
Query(p,a) == LET s == acc[a][cur[p].g] IN
    /\ cur[p].ph = 4 /\ a \in Voters(base[p]) \ out /\ s.b >= 0 /\ \A e \in cur[p].got : e.a # a
    /\ cur' = [cur EXCEPT ![p].got = @ \cup {[a |-> a, b |-> s.b, v |-> s.v]}]
    /\ UNCHANGED <<acc, disk, msgs, base, used, exp, ans, out, dec, fresh>>
FastDone(p) == /\ cur[p].ph = 4
               /\ \E h \in cur[p].got :
                    /\ LET Same == {e \in cur[p].got : e.b = h.b \/ (Mut = "fastAny" /\ e.b <= h.b)}
                       IN IsQ({e.a : e \in Same}, Voters(base[p]), cur[p].g)
                    /\ Conclude(p, h.v)

\* ---- acceptor ------------------------------------------------------------
Accept(a,m) == LET s == acc[a][m.g]
                   n == [t |-> "2b", g |-> m.g, b |-> m.b, v |-> m.v, a |-> a]
                   V == VotersIn(m.v, m.g) IN
    /\ m.t = "2a" /\ a \in V \ out /\ s.b # -2 /\ n \notin msgs   \* may be a's first word of the generation
    /\ IF Mut = "acceptStale" THEN m.b > s.b ELSE m.b >= s.p
    /\ SetAcc(a, m.g, [p |-> IF OneTrip = "on" THEN m.b + Cardinality(Prop) ELSE Max({m.b, s.p}), b |-> m.b, v |-> m.v])
    /\ msgs' = msgs \cup {n}
    /\ dec' = IF IsQ({a} \cup {x.a : x \in {y \in msgs : y.t = "2b" /\ y.g = m.g /\ y.b = m.b /\ y.v = m.v}}, V, m.g)
              THEN dec \cup {[g |-> m.g, b |-> m.b, v |-> m.v]} ELSE dec
    /\ UNCHANGED <<cur, base, used, exp, ans, out, fresh>>
\* first word of generation g that a hears: same value from everyone, ballot 0
Initialise(a,m) == /\ m.t = "init" /\ a \in Voters(m.v) \ out /\ acc[a][m.g].b = -1
                   /\ SetAcc(a, m.g, [p |-> 0, b |-> 0, v |-> m.v])
                   /\ UNCHANGED <<msgs, cur, base, used, exp, ans, out, dec, fresh>>
\* generation g+1 stands on a majority: a keeps of generation g only the pointer
RetireGen(a,g) == /\ Retire /\ a \notin out /\ acc[a][g].b >= 0
                  /\ \E p \in Prop : /\ Gen(base[p]) = g + 1
                       /\ Majority({x \in Acc : acc[x][g+1].b # -1}, Voters(base[p]))
                       /\ SetAcc(a, g, IF Mut = "retireBlank" THEN Blank
                                       ELSE [p |-> acc[a][g].p, b |-> -2, v |-> base[p]])
                  /\ UNCHANGED <<msgs, cur, base, used, exp, ans, out, dec, fresh>>
Follow(p,a) == LET s == acc[a][Gen(base[p])] IN
    /\ s.b = -2 /\ a \notin out /\ base' = [base EXCEPT ![p] = s.v] /\ cur' = [cur EXCEPT ![p] = Idle]
    /\ UNCHANGED <<acc, disk, msgs, used, exp, ans, out, dec, fresh>>
\* a server may go only when no close that names it can still be decided; one that voted only when the voters without it have decided something
Leave(a) == /\ a \in Leaves \ out
            /\ LET last == CHOOSE x \in dec : \A y \in dec : Len(y.v) < Len(x.v) \/ (y.v = x.v /\ y.g <= x.g)
               IN a \notin Voters(last.v) /\ (Mut = "leaveWithVote" \/ Gen(last.v) = last.g)
            /\ Mut = "leaveEarly" \/ \A m \in msgs : m.t = "2a" /\ Gen(m.v) > m.g /\ a \in Voters(m.v)
                  => \E x \in dec : x.g = m.g /\ x.b > m.b /\ ~Prefix(m.v, x.v)
            /\ out' = out \cup {a}
            /\ UNCHANGED <<acc, disk, msgs, cur, base, used, exp, ans, dec, fresh>>

\* ---- faults that only a mutant lets through -------------------------------
SyncOrCrash(a) == /\ Mut = "ackBeforeSync" /\ disk[a] # acc[a]
                  /\ \/ disk' = [disk EXCEPT ![a] = acc[a]] /\ acc' = acc
                     \/ acc' = [acc EXCEPT ![a] = disk[a]] /\ disk' = disk
                  /\ UNCHANGED <<msgs, cur, base, used, exp, ans, out, dec, fresh>>
Wipe(a) == /\ Mut = "wipedKeepsId" /\ acc' = [acc EXCEPT ![a] = [g \in Gens |-> Blank]] /\ disk' = acc'
           /\ UNCHANGED <<msgs, cur, base, used, exp, ans, out, dec, fresh>>
\* the operator's last resort: a majority L is lost for ever; the newest value
\* of the surviving voters opens generation 2 on V2, without a closing value
Restore(p) == /\ Mut = "restore" /\ out = {} /\ Gen(base[p]) = 1
              /\ \E L \in SUBSET V1 : /\ Majority(L, V1) /\ L # V1 /\ out' = L
                   /\ \E a \in V1 \ L : /\ Gen(acc[a][1].v) = 1 /\ \A x \in V1 \ L : acc[x][1].b <= acc[a][1].b
                        /\ GoTo(p, Append(acc[a][1].v, "c2")) /\ exp' = [exp EXCEPT !["c2"] = Len(acc[a][1].v)]
              /\ cur' = [cur EXCEPT ![p] = Idle] /\ UNCHANGED <<acc, disk, used, ans, dec, fresh>>
Next == \/ \E p \in Prop : \/ \E r \in Reqs \cup Reads : Begin(p,r) \/ BeginOneTrip(p,r)
                           \/ \E a \in Acc : Promise(p,a) \/ Query(p,a) \/ Follow(p,a)
                           \/ Propose(p) \/ Done(p) \/ Learn(p) \/ BeginFast(p) \/ FastDone(p) \/ Restore(p)
        \/ \E a \in Acc : \/ \E m \in msgs : Accept(a,m) \/ Initialise(a,m)
                          \/ \E g \in 1..(MaxGen-1) : RetireGen(a,g)
                          \/ Leave(a) \/ SyncOrCrash(a) \/ Wipe(a)
Spec == Init /\ [][Next]_vars
\* liveness: proposer 1 may die anywhere, servers in Leaves may stay silent; 2 and the rest go on
LiveSpec == /\ Spec /\ WF_vars(Begin(2,"read")) /\ WF_vars(Propose(2)) /\ WF_vars(Done(2))
            /\ \A a \in Acc \ Leaves :
                 /\ WF_vars(Promise(2,a)) /\ WF_vars(Follow(2,a))
                 /\ WF_vars(\E m \in msgs : m.t = "2a" /\ m.b % 2 = 0 /\ Accept(a,m))
                 /\ WF_vars(Gen(base[2]) > 1 /\ \E m \in msgs : Initialise(a,m))
Live == (\E x \in dec : Gen(x.v) > x.g) ~> (Gen(base[2]) = 2 /\ Majority({a \in Acc : acc[a][2].b # -1}, V2))

\* ---- properties ------------------------------------------------------------
Chain == \A x, y \in dec : Prefix(x.v, y.v) \/ Prefix(y.v, x.v)          \* one document per version
Successor == \A x \in dec : \A i \in 1..Len(x.v) : exp[x.v[i]] = i - 1   \* made from the version it expected
Terminal == \A x, y \in dec : /\ Gen(x.v) \in {x.g, x.g + 1}
               /\ ((x.g = y.g /\ Gen(x.v) > x.g) => Len(y.v) <= Len(x.v))  \* nothing after the closing value
               /\ (x.g < y.g => Prefix(x.v, y.v))                         \* nothing lost over a voter change
Answers == \A r \in Reqs :                                               \* and no lost update
    /\ (ans[r] = "ok" => (\E x \in dec : Has(x.v, r)) /\ (\A x \in dec : Len(x.v) > exp[r] => x.v[exp[r]+1] = r))
    /\ (ans[r] = "conflict" => \A x \in dec : ~Has(x.v, r))
Fresh == fresh                                                            \* linearizable reads
Memory == /\ \A m \in msgs : m.t = "2b" /\ m.a \notin out => acc[m.a][m.g].b \in {-2} \cup (m.b..9)
          /\ \A p \in Prop : cur[p].ph = 1 => \A e \in cur[p].got : acc[e.a][cur[p].g].p >= cur[p].b
Starts == \A m \in msgs : m.t = "init" => \E x \in dec : x.v = m.v         \* a blank voter gets what was decided
OneStart == \A m, n \in msgs : m.t = "init" /\ n.t = "init" /\ m.g = n.g => m.v = n.v
NoWedge == \A x \in dec : Gen(x.v) > x.g =>                                 \* somebody can always go on
    LET old == VotersIn(x.v, x.g)  new == Voters(x.v) IN
    /\ Majority(new \ out, new)
    /\ Majority(old \ out, old) \/ Majority({a \in new : acc[a][Gen(x.v)].b # -1}, new)
Sym == {f @@ h : f \in {k \in Permutations(Acc) : \A S \in {V1, V2, V3, Leaves} : {k[a] : a \in S} = S},
                h \in Permutations(Writes)}
=============================================================================