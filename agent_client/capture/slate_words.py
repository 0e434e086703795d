"""The words on the slate, drawn once in DejaVu Sans: a bit for each dot, one means ink.

Black and white at several times the size in which they are shown, so that averaging smooths them.
"""

from __future__ import annotations

import base64
import zlib

WIDTH = 967  # dots; each row is padded to whole bytes
HEIGHT = 107
ROW_BYTES = -(-WIDTH // 8)

_DRAWN = (
    b"c-rlnJFeU|6hNs6h*Cux2*Pco3U?L?Na1BgK?-j}Mv7NPh6}3@#PELk5$AbcFdh}o0QQ^VQ1_6RpZgnQ?tTr2F?KT#d4"
    b"a5N4eUb*mw~sdz~M6Rd=+@T3cOtf-md~5SAoM7;MMdYO!tDvM}m#J?>xQfe!UAkUIiY)at*k@3fx@>UatY0|G`fK``5v"
    b"6Pey76c6@=A7l2>xrIuj1vInwO9sO}j2WHcUMXpR}p{`@>BG;{7_&H;1Gi&(^xgk*&fj8vwsq*BKjP%E?V-yron-~eV4"
    b"(znJH~^WnUo74E9UC2-zr&TJ?j0L`l9j+Vwc{I4o{3vw2GNl032fPEi9M$TP6NgnD0pCj1KVGcmB60c2R6{`Ah^}X$3R"
    b"*FJCX!LToRalC@+5nJhDI=NF^jo!5{_OE%ocUyIX+*jqeo9V}dTLf<N%Y#HCTNV@aM>L9%pn_2O=FzkwYD_Yvel<9h*r"
    b"WJ#z)1^>-JacLCnlL~3^P?mxbv>5F-vIg8I07K(T4i2odUBNGz{E&lrBwa|GC(2UrC<EetmNno$L-!E=3ZDi1iABd<=M"
    b"Dw`6Mo0mz#|rL7t-3XN<fz0TsFj0LTf$Q0~8X^$AVz<3!G`E;P}R&GQu=u;MfJhpr1JhAI9R^?H$b=WhodQ0&owf_5g*"
    b"%x7fas{ThRSahHSW1BNMJ>=K6)*rgFLTKj_<-J!A+?4uUk&hE&sv28baWx2qv!jQmAY?$dV_ynF~m-u00&mw{2XnqEj0"
    b"$gROBLGq?56t{Xv-ca{bHM2m7(UFRC<RY69N^{P0rda9VRcU;OTi#zJZMmcodeJSuI7L`RPaQi;h#-l7Bum0RWREY5C*"
    b"enS#*SFdIkn(4+byv-qFD^Ihf{zUDQMM2hY^V@vXpgOU)vSjxg)4Phiwq0v{|I!F)a7BPCeuE0|3Mb7V%lX%<;@geTep"
    b"@SocmJkdlEgPmOg=3O%=c+bE#1CI<2y!b4OB8dqn8|N^IjUPxVEse2z4&HBq#X%Tb;F%P~vM6>U27-Ce__+kz9E|5gmP"
    b"D5DHE>set%j+z1>%=ESXGZfqJp>VoRnY*CINN=PxP5(Nnl=saV2_Dy}JqS6ugRNz5sR^n2#`m`9w6pV+}s;0uM*ptqL9"
    b"qycix=1=h`mu9Je-o8Ykp4h-f4&ax!WMUVId-dU<(-UJ>B@RY#z74Up7cr3w7l7hP?f#;jxSsz&hYzwfz2{vc24F$L-="
    b"as>m$dWa-4DN1&hdaPW^7axq==oG|%Iu-16NgZMje?gJcyEIH3f!qzO->if^570^j|7hu*pLg>0E4sfK(MR96q2;S{&*"
    b"C4ILLb~z%Kde71%x$9BMFyE-f&a-2|T0qW&i^`kna&g2<%_hP&lqYmBaG0q*eJe04Cowgng#d2fQjrivwf3%GfK;MF`9"
    b";2w6DCNeTGz{H?E0BmY-ROcZ^ssb-<@Eup?$w=VLDlpud3A`5RraQo2FpCTx8({GEOYo>*v7~P>i*0+157yx5K=%T688"
    b"|v>Ul%;Q0+vm8a(!-to6cSdX4kO?@N@>dy$$Xayxju#O)%^bmx1H(5_oHa{Y|i~z<txNPT=(wuqCiPs!hj!wt{UNT!b*"
    b"}1~<WR=jfW)FMu_KSx+HM8@y*=C*aTk?+H8xQ);3Kb``h^Q#q8o1=iR(1#L}m3RBlpn5y8V5g#KM6DnI)bjZM2m`cZNP"
    b"8kE)H0a5!r@&keSec4AvYV(0UNf*)uvTJD8G-ebicoNwe4$I9JlvgB+6Ud$wEL1QPj+k8vDuJvAi7j#@<qT^x@l5yC*U"
    b"DU{Xqh632##J1*b>O??g$m@3P#Nbm-3DGQl=uw*gaGyX3A`NL|sn#Jh0G(@i*19FU#pd~lvCYzl@4YH*oSgxPX735x{e"
    b"$;CyV#K(b|Eh0<7lth|PJLWf@j$q1^;;Qaro<zm0HVxboc%nQbyOX&8-BP3!L9Y%y!3ovWA2c1@J*&~gX9X_P#{UE?r@"
    b"(&lpD8!lhd)+?dIWDc!#s(Ko<Ioi0&bA71_W;y%{i_<{25N*GEx4b+2J9)?CimVqZ0OkJ^BwQkz^6rQ`G^3oH}2<8cl9"
    b"j;IcHp8G1}lzu&pGfMEKf4;+|giE;q<n&7T7^sCWyeg!UzA$d*W9gkoauzZ0!Or-%hu$_QyRg+*pF)xN>1*NH3g&DXwu"
    b"?bkdpvz8+A$U`StkS?GghRn)`6u(#O;LARsPRBBM2Q0CFDUtt%0HYfO+_6UaPFY)XE2ud6zsHov?DlvUL40RQf~@n!Ha"
    b"JhuJNS-CU>nY@o6*Mcv)>x3T7*Uqriy+bE&XNoovf1vz`0`#!1p5|6Pi|QO@rYn6LXzepUikokPnR#Ji?%YFT1h#ZdX}"
    b"j^c3!u4}y7<ah>Rs~%E_Zh)Wjx(wV0^NoRrZw_3CK2LkutH5r*0Q{3gF3$#AL;m3N!QdWV0uJcEUI7*peg$~G3Oro|KF"
    b"men{R;4q|0evYSEkQ?F8ow*m;FfYt>AwFMoLd0"
)


def rows() -> list[bytes]:
    """One byte for each dot, 0 or 1, row by row."""
    packed = zlib.decompress(base64.b85decode(_DRAWN))
    return [
        bytes(
            byte >> bit & 1
            for byte in packed[start : start + ROW_BYTES]
            for bit in range(7, -1, -1)
        )[:WIDTH]
        for start in range(0, HEIGHT * ROW_BYTES, ROW_BYTES)
    ]
