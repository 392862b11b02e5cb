package symmetry

// settingsText is the table of the settings of space groups, one a line:
//
//	number|Hermann–Mauguin symbol|origin choice or axes (1 2 H R)|Hall symbol|R for the reference setting|choice of axes and cell
//
// Facts of International Tables for Crystallography A. The reference settings
// have origin choice 2, hexagonal axes, unique axis b, cell choice 1.
const settingsText = `1|P 1||P 1|R|
2|P -1||-P 1|R|
3|P 1 2 1||P 2y|R|b
3|P 1 1 2||P 2||c
3|P 2 1 1||P 2x||a
4|P 1 21 1||P 2yb|R|b
4|P 1 1 21||P 2c||c
4|P 21 1 1||P 2xa||a
5|C 1 2 1||C 2y|R|b1
5|A 1 2 1||A 2y||b2
5|I 1 2 1||I 2y||b3
5|A 1 1 2||A 2||c1
5|B 1 1 2||B 2||c2
5|I 1 1 2||I 2||c3
5|B 2 1 1||B 2x||a1
5|C 2 1 1||C 2x||a2
5|I 2 1 1||I 2x||a3
6|P 1 m 1||P -2y|R|b
6|P 1 1 m||P -2||c
6|P m 1 1||P -2x||a
7|P 1 c 1||P -2yc|R|b1
7|P 1 n 1||P -2yac||b2
7|P 1 a 1||P -2ya||b3
7|P 1 1 a||P -2a||c1
7|P 1 1 n||P -2ab||c2
7|P 1 1 b||P -2b||c3
7|P b 1 1||P -2xb||a1
7|P n 1 1||P -2xbc||a2
7|P c 1 1||P -2xc||a3
8|C 1 m 1||C -2y|R|b1
8|A 1 m 1||A -2y||b2
8|I 1 m 1||I -2y||b3
8|A 1 1 m||A -2||c1
8|B 1 1 m||B -2||c2
8|I 1 1 m||I -2||c3
8|B m 1 1||B -2x||a1
8|C m 1 1||C -2x||a2
8|I m 1 1||I -2x||a3
9|C 1 c 1||C -2yc|R|b1
9|A 1 n 1||A -2yab||b2
9|I 1 a 1||I -2ya||b3
9|A 1 a 1||A -2ya||-b1
9|C 1 n 1||C -2yac||-b2
9|I 1 c 1||I -2yc||-b3
9|A 1 1 a||A -2a||c1
9|B 1 1 n||B -2ab||c2
9|I 1 1 b||I -2b||c3
9|B 1 1 b||B -2b||-c1
9|A 1 1 n||A -2ab||-c2
9|I 1 1 a||I -2a||-c3
9|B b 1 1||B -2xb||a1
9|C n 1 1||C -2xac||a2
9|I c 1 1||I -2xc||a3
9|C c 1 1||C -2xc||-a1
9|B n 1 1||B -2xab||-a2
9|I b 1 1||I -2xb||-a3
10|P 1 2/m 1||-P 2y|R|b
10|P 1 1 2/m||-P 2||c
10|P 2/m 1 1||-P 2x||a
11|P 1 21/m 1||-P 2yb|R|b
11|P 1 1 21/m||-P 2c||c
11|P 21/m 1 1||-P 2xa||a
12|C 1 2/m 1||-C 2y|R|b1
12|A 1 2/m 1||-A 2y||b2
12|I 1 2/m 1||-I 2y||b3
12|A 1 1 2/m||-A 2||c1
12|B 1 1 2/m||-B 2||c2
12|I 1 1 2/m||-I 2||c3
12|B 2/m 1 1||-B 2x||a1
12|C 2/m 1 1||-C 2x||a2
12|I 2/m 1 1||-I 2x||a3
13|P 1 2/c 1||-P 2yc|R|b1
13|P 1 2/n 1||-P 2yac||b2
13|P 1 2/a 1||-P 2ya||b3
13|P 1 1 2/a||-P 2a||c1
13|P 1 1 2/n||-P 2ab||c2
13|P 1 1 2/b||-P 2b||c3
13|P 2/b 1 1||-P 2xb||a1
13|P 2/n 1 1||-P 2xbc||a2
13|P 2/c 1 1||-P 2xc||a3
14|P 1 21/c 1||-P 2ybc|R|b1
14|P 1 21/n 1||-P 2yn||b2
14|P 1 21/a 1||-P 2yab||b3
14|P 1 1 21/a||-P 2ac||c1
14|P 1 1 21/n||-P 2n||c2
14|P 1 1 21/b||-P 2bc||c3
14|P 21/b 1 1||-P 2xab||a1
14|P 21/n 1 1||-P 2xn||a2
14|P 21/c 1 1||-P 2xac||a3
15|C 1 2/c 1||-C 2yc|R|b1
15|A 1 2/n 1||-A 2yab||b2
15|I 1 2/a 1||-I 2ya||b3
15|A 1 2/a 1||-A 2ya||-b1
15|C 1 2/n 1||-C 2yac||-b2
15|I 1 2/c 1||-I 2yc||-b3
15|A 1 1 2/a||-A 2a||c1
15|B 1 1 2/n||-B 2ab||c2
15|I 1 1 2/b||-I 2b||c3
15|B 1 1 2/b||-B 2b||-c1
15|A 1 1 2/n||-A 2ab||-c2
15|I 1 1 2/a||-I 2a||-c3
15|B 2/b 1 1||-B 2xb||a1
15|C 2/n 1 1||-C 2xac||a2
15|I 2/c 1 1||-I 2xc||a3
15|C 2/c 1 1||-C 2xc||-a1
15|B 2/n 1 1||-B 2xab||-a2
15|I 2/b 1 1||-I 2xb||-a3
16|P 2 2 2||P 2 2|R|
17|P 2 2 21||P 2c 2|R|
17|P 21 2 2||P 2a 2a||cab
17|P 2 21 2||P 2 2b||bca
18|P 21 21 2||P 2 2ab|R|
18|P 2 21 21||P 2bc 2||cab
18|P 21 2 21||P 2ac 2ac||bca
19|P 21 21 21||P 2ac 2ab|R|
20|C 2 2 21||C 2c 2|R|
20|A 21 2 2||A 2a 2a||cab
20|B 2 21 2||B 2 2b||bca
21|C 2 2 2||C 2 2|R|
21|A 2 2 2||A 2 2||cab
21|B 2 2 2||B 2 2||bca
22|F 2 2 2||F 2 2|R|
23|I 2 2 2||I 2 2|R|
24|I 21 21 21||I 2b 2c|R|
25|P m m 2||P 2 -2|R|
25|P 2 m m||P -2 2||cab
25|P m 2 m||P -2 -2||bca
26|P m c 21||P 2c -2|R|
26|P c m 21||P 2c -2c||ba-c
26|P 21 m a||P -2a 2a||cab
26|P 21 a m||P -2 2a||-cba
26|P b 21 m||P -2 -2b||bca
26|P m 21 b||P -2b -2||a-cb
27|P c c 2||P 2 -2c|R|
27|P 2 a a||P -2a 2||cab
27|P b 2 b||P -2b -2b||bca
28|P m a 2||P 2 -2a|R|
28|P b m 2||P 2 -2b||ba-c
28|P 2 m b||P -2b 2||cab
28|P 2 c m||P -2c 2||-cba
28|P c 2 m||P -2c -2c||bca
28|P m 2 a||P -2a -2a||a-cb
29|P c a 21||P 2c -2ac|R|
29|P b c 21||P 2c -2b||ba-c
29|P 21 a b||P -2b 2a||cab
29|P 21 c a||P -2ac 2a||-cba
29|P c 21 b||P -2bc -2c||bca
29|P b 21 a||P -2a -2ab||a-cb
30|P n c 2||P 2 -2bc|R|
30|P c n 2||P 2 -2ac||ba-c
30|P 2 n a||P -2ac 2||cab
30|P 2 a n||P -2ab 2||-cba
30|P b 2 n||P -2ab -2ab||bca
30|P n 2 b||P -2bc -2bc||a-cb
31|P m n 21||P 2ac -2|R|
31|P n m 21||P 2bc -2bc||ba-c
31|P 21 m n||P -2ab 2ab||cab
31|P 21 n m||P -2 2ac||-cba
31|P n 21 m||P -2 -2bc||bca
31|P m 21 n||P -2ab -2||a-cb
32|P b a 2||P 2 -2ab|R|
32|P 2 c b||P -2bc 2||cab
32|P c 2 a||P -2ac -2ac||bca
33|P n a 21||P 2c -2n|R|
33|P b n 21||P 2c -2ab||ba-c
33|P 21 n b||P -2bc 2a||cab
33|P 21 c n||P -2n 2a||-cba
33|P c 21 n||P -2n -2ac||bca
33|P n 21 a||P -2ac -2n||a-cb
34|P n n 2||P 2 -2n|R|
34|P 2 n n||P -2n 2||cab
34|P n 2 n||P -2n -2n||bca
35|C m m 2||C 2 -2|R|
35|A 2 m m||A -2 2||cab
35|B m 2 m||B -2 -2||bca
36|C m c 21||C 2c -2|R|
36|C c m 21||C 2c -2c||ba-c
36|A 21 m a||A -2a 2a||cab
36|A 21 a m||A -2 2a||-cba
36|B b 21 m||B -2 -2b||bca
36|B m 21 b||B -2b -2||a-cb
37|C c c 2||C 2 -2c|R|
37|A 2 a a||A -2a 2||cab
37|B b 2 b||B -2b -2b||bca
38|A m m 2||A 2 -2|R|
38|B m m 2||B 2 -2||ba-c
38|B 2 m m||B -2 2||cab
38|C 2 m m||C -2 2||-cba
38|C m 2 m||C -2 -2||bca
38|A m 2 m||A -2 -2||a-cb
39|A b m 2||A 2 -2b|R|
39|B m a 2||B 2 -2a||ba-c
39|B 2 c m||B -2a 2||cab
39|C 2 m b||C -2a 2||-cba
39|C m 2 a||C -2a -2a||bca
39|A c 2 m||A -2b -2b||a-cb
40|A m a 2||A 2 -2a|R|
40|B b m 2||B 2 -2b||ba-c
40|B 2 m b||B -2b 2||cab
40|C 2 c m||C -2c 2||-cba
40|C c 2 m||C -2c -2c||bca
40|A m 2 a||A -2a -2a||a-cb
41|A b a 2||A 2 -2ab|R|
41|B b a 2||B 2 -2ab||ba-c
41|B 2 c b||B -2ab 2||cab
41|C 2 c b||C -2ac 2||-cba
41|C c 2 a||C -2ac -2ac||bca
41|A c 2 a||A -2ab -2ab||a-cb
42|F m m 2||F 2 -2|R|
42|F 2 m m||F -2 2||cab
42|F m 2 m||F -2 -2||bca
43|F d d 2||F 2 -2d|R|
43|F 2 d d||F -2d 2||cab
43|F d 2 d||F -2d -2d||bca
44|I m m 2||I 2 -2|R|
44|I 2 m m||I -2 2||cab
44|I m 2 m||I -2 -2||bca
45|I b a 2||I 2 -2c|R|
45|I 2 c b||I -2a 2||cab
45|I c 2 a||I -2b -2b||bca
46|I m a 2||I 2 -2a|R|
46|I b m 2||I 2 -2b||ba-c
46|I 2 m b||I -2b 2||cab
46|I 2 c m||I -2c 2||-cba
46|I c 2 m||I -2c -2c||bca
46|I m 2 a||I -2a -2a||a-cb
47|P m m m||-P 2 2|R|
48|P n n n|1|P 2 2 -1n||
48|P n n n|2|-P 2ab 2bc|R|
49|P c c m||-P 2 2c|R|
49|P m a a||-P 2a 2||cab
49|P b m b||-P 2b 2b||bca
50|P b a n|1|P 2 2 -1ab||
50|P b a n|2|-P 2ab 2b|R|
50|P n c b|1|P 2 2 -1bc||cab
50|P n c b|2|-P 2b 2bc||cab
50|P c n a|1|P 2 2 -1ac||bca
50|P c n a|2|-P 2a 2c||bca
51|P m m a||-P 2a 2a|R|
51|P m m b||-P 2b 2||ba-c
51|P b m m||-P 2 2b||cab
51|P c m m||-P 2c 2c||-cba
51|P m c m||-P 2c 2||bca
51|P m a m||-P 2 2a||a-cb
52|P n n a||-P 2a 2bc|R|
52|P n n b||-P 2b 2n||ba-c
52|P b n n||-P 2n 2b||cab
52|P c n n||-P 2ab 2c||-cba
52|P n c n||-P 2ab 2n||bca
52|P n a n||-P 2n 2bc||a-cb
53|P m n a||-P 2ac 2|R|
53|P n m b||-P 2bc 2bc||ba-c
53|P b m n||-P 2ab 2ab||cab
53|P c n m||-P 2 2ac||-cba
53|P n c m||-P 2 2bc||bca
53|P m a n||-P 2ab 2||a-cb
54|P c c a||-P 2a 2ac|R|
54|P c c b||-P 2b 2c||ba-c
54|P b a a||-P 2a 2b||cab
54|P c a a||-P 2ac 2c||-cba
54|P b c b||-P 2bc 2b||bca
54|P b a b||-P 2b 2ab||a-cb
55|P b a m||-P 2 2ab|R|
55|P m c b||-P 2bc 2||cab
55|P c m a||-P 2ac 2ac||bca
56|P c c n||-P 2ab 2ac|R|
56|P n a a||-P 2ac 2bc||cab
56|P b n b||-P 2bc 2ab||bca
57|P b c m||-P 2c 2b|R|
57|P c a m||-P 2c 2ac||ba-c
57|P m c a||-P 2ac 2a||cab
57|P m a b||-P 2b 2a||-cba
57|P b m a||-P 2a 2ab||bca
57|P c m b||-P 2bc 2c||a-cb
58|P n n m||-P 2 2n|R|
58|P m n n||-P 2n 2||cab
58|P n m n||-P 2n 2n||bca
59|P m m n|1|P 2 2ab -1ab||
59|P m m n|2|-P 2ab 2a|R|
59|P n m m|1|P 2bc 2 -1bc||cab
59|P n m m|2|-P 2c 2bc||cab
59|P m n m|1|P 2ac 2ac -1ac||bca
59|P m n m|2|-P 2c 2a||bca
60|P b c n||-P 2n 2ab|R|
60|P c a n||-P 2n 2c||ba-c
60|P n c a||-P 2a 2n||cab
60|P n a b||-P 2bc 2n||-cba
60|P b n a||-P 2ac 2b||bca
60|P c n b||-P 2b 2ac||a-cb
61|P b c a||-P 2ac 2ab|R|
61|P c a b||-P 2bc 2ac||ba-c
62|P n m a||-P 2ac 2n|R|
62|P m n b||-P 2bc 2a||ba-c
62|P b n m||-P 2c 2ab||cab
62|P c m n||-P 2n 2ac||-cba
62|P m c n||-P 2n 2a||bca
62|P n a m||-P 2c 2n||a-cb
63|C m c m||-C 2c 2|R|
63|C c m m||-C 2c 2c||ba-c
63|A m m a||-A 2a 2a||cab
63|A m a m||-A 2 2a||-cba
63|B b m m||-B 2 2b||bca
63|B m m b||-B 2b 2||a-cb
64|C m c a||-C 2ac 2|R|
64|C c m b||-C 2ac 2ac||ba-c
64|A b m a||-A 2ab 2ab||cab
64|A c a m||-A 2 2ab||-cba
64|B b c m||-B 2 2ab||bca
64|B m a b||-B 2ab 2||a-cb
65|C m m m||-C 2 2|R|
65|A m m m||-A 2 2||cab
65|B m m m||-B 2 2||bca
66|C c c m||-C 2 2c|R|
66|A m a a||-A 2a 2||cab
66|B b m b||-B 2b 2b||bca
67|C m m a||-C 2a 2|R|
67|C m m b||-C 2a 2a||ba-c
67|A b m m||-A 2b 2b||cab
67|A c m m||-A 2 2b||-cba
67|B m c m||-B 2 2a||bca
67|B m a m||-B 2a 2||a-cb
68|C c c a|1|C 2 2 -1ac||
68|C c c a|2|-C 2a 2ac|R|
68|C c c b|1|C 2 2 -1ac||ba-c
68|C c c b|2|-C 2a 2c||ba-c
68|A b a a|1|A 2 2 -1ab||cab
68|A b a a|2|-A 2a 2b||cab
68|A c a a|1|A 2 2 -1ab||-cba
68|A c a a|2|-A 2ab 2b||-cba
68|B b c b|1|B 2 2 -1ab||bca
68|B b c b|2|-B 2ab 2b||bca
68|B b a b|1|B 2 2 -1ab||a-cb
68|B b a b|2|-B 2b 2ab||a-cb
69|F m m m||-F 2 2|R|
70|F d d d|1|F 2 2 -1d||
70|F d d d|2|-F 2uv 2vw|R|
71|I m m m||-I 2 2|R|
72|I b a m||-I 2 2c|R|
72|I m c b||-I 2a 2||cab
72|I c m a||-I 2b 2b||bca
73|I b c a||-I 2b 2c|R|
73|I c a b||-I 2a 2b||ba-c
74|I m m a||-I 2b 2|R|
74|I m m b||-I 2a 2a||ba-c
74|I b m m||-I 2c 2c||cab
74|I c m m||-I 2 2b||-cba
74|I m c m||-I 2 2a||bca
74|I m a m||-I 2c 2||a-cb
75|P 4||P 4|R|
76|P 41||P 4w|R|
77|P 42||P 4c|R|
78|P 43||P 4cw|R|
79|I 4||I 4|R|
80|I 41||I 4bw|R|
81|P -4||P -4|R|
82|I -4||I -4|R|
83|P 4/m||-P 4|R|
84|P 42/m||-P 4c|R|
85|P 4/n|1|P 4ab -1ab||
85|P 4/n|2|-P 4a|R|
86|P 42/n|1|P 4n -1n||
86|P 42/n|2|-P 4bc|R|
87|I 4/m||-I 4|R|
88|I 41/a|1|I 4bw -1bw||
88|I 41/a|2|-I 4ad|R|
89|P 4 2 2||P 4 2|R|
90|P 4 21 2||P 4ab 2ab|R|
91|P 41 2 2||P 4w 2c|R|
92|P 41 21 2||P 4abw 2nw|R|
93|P 42 2 2||P 4c 2|R|
94|P 42 21 2||P 4n 2n|R|
95|P 43 2 2||P 4cw 2c|R|
96|P 43 21 2||P 4nw 2abw|R|
97|I 4 2 2||I 4 2|R|
98|I 41 2 2||I 4bw 2bw|R|
99|P 4 m m||P 4 -2|R|
100|P 4 b m||P 4 -2ab|R|
101|P 42 c m||P 4c -2c|R|
102|P 42 n m||P 4n -2n|R|
103|P 4 c c||P 4 -2c|R|
104|P 4 n c||P 4 -2n|R|
105|P 42 m c||P 4c -2|R|
106|P 42 b c||P 4c -2ab|R|
107|I 4 m m||I 4 -2|R|
108|I 4 c m||I 4 -2c|R|
109|I 41 m d||I 4bw -2|R|
110|I 41 c d||I 4bw -2c|R|
111|P -4 2 m||P -4 2|R|
112|P -4 2 c||P -4 2c|R|
113|P -4 21 m||P -4 2ab|R|
114|P -4 21 c||P -4 2n|R|
115|P -4 m 2||P -4 -2|R|
116|P -4 c 2||P -4 -2c|R|
117|P -4 b 2||P -4 -2ab|R|
118|P -4 n 2||P -4 -2n|R|
119|I -4 m 2||I -4 -2|R|
120|I -4 c 2||I -4 -2c|R|
121|I -4 2 m||I -4 2|R|
122|I -4 2 d||I -4 2bw|R|
123|P 4/m m m||-P 4 2|R|
124|P 4/m c c||-P 4 2c|R|
125|P 4/n b m|1|P 4 2 -1ab||
125|P 4/n b m|2|-P 4a 2b|R|
126|P 4/n n c|1|P 4 2 -1n||
126|P 4/n n c|2|-P 4a 2bc|R|
127|P 4/m b m||-P 4 2ab|R|
128|P 4/m n c||-P 4 2n|R|
129|P 4/n m m|1|P 4ab 2ab -1ab||
129|P 4/n m m|2|-P 4a 2a|R|
130|P 4/n c c|1|P 4ab 2n -1ab||
130|P 4/n c c|2|-P 4a 2ac|R|
131|P 42/m m c||-P 4c 2|R|
132|P 42/m c m||-P 4c 2c|R|
133|P 42/n b c|1|P 4n 2c -1n||
133|P 42/n b c|2|-P 4ac 2b|R|
134|P 42/n n m|1|P 4n 2 -1n||
134|P 42/n n m|2|-P 4ac 2bc|R|
135|P 42/m b c||-P 4c 2ab|R|
136|P 42/m n m||-P 4n 2n|R|
137|P 42/n m c|1|P 4n 2n -1n||
137|P 42/n m c|2|-P 4ac 2a|R|
138|P 42/n c m|1|P 4n 2ab -1n||
138|P 42/n c m|2|-P 4ac 2ac|R|
139|I 4/m m m||-I 4 2|R|
140|I 4/m c m||-I 4 2c|R|
141|I 41/a m d|1|I 4bw 2bw -1bw||
141|I 41/a m d|2|-I 4bd 2|R|
142|I 41/a c d|1|I 4bw 2aw -1bw||
142|I 41/a c d|2|-I 4bd 2c|R|
143|P 3||P 3|R|
144|P 31||P 31|R|
145|P 32||P 32|R|
146|R 3|H|R 3|R|
146|R 3|R|P 3*||
147|P -3||-P 3|R|
148|R -3|H|-R 3|R|
148|R -3|R|-P 3*||
149|P 3 1 2||P 3 2|R|
150|P 3 2 1||P 3 2"|R|
151|P 31 1 2||P 31 2 (0 0 4)|R|
152|P 31 2 1||P 31 2"|R|
153|P 32 1 2||P 32 2 (0 0 2)|R|
154|P 32 2 1||P 32 2"|R|
155|R 3 2|H|R 3 2"|R|
155|R 3 2|R|P 3* 2||
156|P 3 m 1||P 3 -2"|R|
157|P 3 1 m||P 3 -2|R|
158|P 3 c 1||P 3 -2"c|R|
159|P 3 1 c||P 3 -2c|R|
160|R 3 m|H|R 3 -2"|R|
160|R 3 m|R|P 3* -2||
161|R 3 c|H|R 3 -2"c|R|
161|R 3 c|R|P 3* -2n||
162|P -3 1 m||-P 3 2|R|
163|P -3 1 c||-P 3 2c|R|
164|P -3 m 1||-P 3 2"|R|
165|P -3 c 1||-P 3 2"c|R|
166|R -3 m|H|-R 3 2"|R|
166|R -3 m|R|-P 3* 2||
167|R -3 c|H|-R 3 2"c|R|
167|R -3 c|R|-P 3* 2n||
168|P 6||P 6|R|
169|P 61||P 61|R|
170|P 65||P 65|R|
171|P 62||P 62|R|
172|P 64||P 64|R|
173|P 63||P 6c|R|
174|P -6||P -6|R|
175|P 6/m||-P 6|R|
176|P 63/m||-P 6c|R|
177|P 6 2 2||P 6 2|R|
178|P 61 2 2||P 61 2 (0 0 5)|R|
179|P 65 2 2||P 65 2 (0 0 1)|R|
180|P 62 2 2||P 62 2 (0 0 4)|R|
181|P 64 2 2||P 64 2 (0 0 2)|R|
182|P 63 2 2||P 6c 2c|R|
183|P 6 m m||P 6 -2|R|
184|P 6 c c||P 6 -2c|R|
185|P 63 c m||P 6c -2|R|
186|P 63 m c||P 6c -2c|R|
187|P -6 m 2||P -6 2|R|
188|P -6 c 2||P -6c 2|R|
189|P -6 2 m||P -6 -2|R|
190|P -6 2 c||P -6c -2c|R|
191|P 6/m m m||-P 6 2|R|
192|P 6/m c c||-P 6 2c|R|
193|P 63/m c m||-P 6c 2|R|
194|P 63/m m c||-P 6c 2c|R|
195|P 2 3||P 2 2 3|R|
196|F 2 3||F 2 2 3|R|
197|I 2 3||I 2 2 3|R|
198|P 21 3||P 2ac 2ab 3|R|
199|I 21 3||I 2b 2c 3|R|
200|P m -3||-P 2 2 3|R|
201|P n -3|1|P 2 2 3 -1n||
201|P n -3|2|-P 2ab 2bc 3|R|
202|F m -3||-F 2 2 3|R|
203|F d -3|1|F 2 2 3 -1d||
203|F d -3|2|-F 2uv 2vw 3|R|
204|I m -3||-I 2 2 3|R|
205|P a -3||-P 2ac 2ab 3|R|
206|I a -3||-I 2b 2c 3|R|
207|P 4 3 2||P 4 2 3|R|
208|P 42 3 2||P 4n 2 3|R|
209|F 4 3 2||F 4 2 3|R|
210|F 41 3 2||F 4d 2 3|R|
211|I 4 3 2||I 4 2 3|R|
212|P 43 3 2||P 4acd 2ab 3|R|
213|P 41 3 2||P 4bd 2ab 3|R|
214|I 41 3 2||I 4bd 2c 3|R|
215|P -4 3 m||P -4 2 3|R|
216|F -4 3 m||F -4 2 3|R|
217|I -4 3 m||I -4 2 3|R|
218|P -4 3 n||P -4n 2 3|R|
219|F -4 3 c||F -4a 2 3|R|
220|I -4 3 d||I -4bd 2c 3|R|
221|P m -3 m||-P 4 2 3|R|
222|P n -3 n|1|P 4 2 3 -1n||
222|P n -3 n|2|-P 4a 2bc 3|R|
223|P m -3 n||-P 4n 2 3|R|
224|P n -3 m|1|P 4n 2 3 -1n||
224|P n -3 m|2|-P 4bc 2bc 3|R|
225|F m -3 m||-F 4 2 3|R|
226|F m -3 c||-F 4a 2 3|R|
227|F d -3 m|1|F 4d 2 3 -1d||
227|F d -3 m|2|-F 4vw 2vw 3|R|
228|F d -3 c|1|F 4d 2 3 -1ad||
228|F d -3 c|2|-F 4ud 2vw 3|R|
229|I m -3 m||-I 4 2 3|R|
230|I a -3 d||-I 4bd 2c 3|R|
5|I 1 21 1||I 2yb||
5|C 1 21 1||C 2yb||
18|P 21212(a)||P 2ab 2a||
20|C 2 2 21a)||C 2ac 2||
21|C 2 2 2a||C 2ab 2b||
22|F 2 2 2a||F 2 2c||
23|I 2 2 2a||I 2ab 2bc||
94|P 42 21 2a||P 4bc 2a||
197|I 2 3a||I 2ab 2bc 3||
1|A 1||A 1||
1|B 1||B 1||
1|C 1||C 1||
1|F 1||F 1||
1|I 1||I 1||
2|A -1||-A 1||
2|B -1||-B 1||
2|C -1||-C 1||
2|F -1||-F 1||
2|I -1||-I 1||
3|C 1 1 2||C 2||
4|C 1 1 21||C 2c||
12|F 1 2/m 1||-F 2y||
64|A b a m||-A 2 2ab||
89|C 4 2 2||C 4 2||
90|C 4 2 21||C 4a 2||
97|F 4 2 2||F 4 2||
115|C -4 2 m||C -4 2||
117|C -4 2 b||C -4 2ya||
139|F 4/m m m||-F 4 2||
`
